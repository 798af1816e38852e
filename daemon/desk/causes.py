"""What a buyer's words say beyond the scenario: why a review is bad, and what an order change is about.

Promises: pure; a cause or a change is named only when the words point to one alone, in seven languages. An
empty text means "not certain": the draft then holds for every case, and a person chooses.

Errors: none.
"""

import re
from collections.abc import Mapping

from daemon.desk.policy_shorthand import compiled, phrases
from daemon.desk.policy_text import fold, plain_of

_LONGEST = 4_000
"""Characters of the buyer's words that are looked at."""


def _any(text: str) -> re.Pattern[str]:
    return compiled(phrases(text))


_CAUSES: Mapping[str, re.Pattern[str]] = {
    "quality": _any(
        r"""
<broken> / <broke> / <defect / <(?:poor|bad|low) quality> / <stopped working> / <fell apart> / <scratched> /
<cracked> / <cheaply made> / <flimsy> / <kaputt / <defekt / <schlechte qualität> / <schrott> / <minderwertig
/ <schlecht verarbeitet> / <zerbrochen / <casse / <mauvaise qualite> / <ne (?:marche|fonctionne) plus> /
<rot[oa]s?> / <mala calidad> / <dejo de funcionar> / <estropead / <rott[oaie]> / <difettos / <pessima
qualita> / <scarsa qualita> / <smesso di funzionare> / 壊れ / 故障 / 不良 / 品質が / 坏了 / 质量太差 /
质量很差 / 质量差 / 质量问题 / 破损 / 瑕疵
"""
    ),
    "delivery": _any(
        r"""
<deliver / <courier / <shipping> / <shipment / <never arrived> / <arrived late> / <late arrival> /
<lieferung / <lieferant / <zusteller / <zugestellt> / <zu spät / <nicht angekommen> / <verspätet /
<livraison / <livreur / <en retard> / <jamais arrive / <entrega> / <repartidor / <transportista / <no ha
llegado> / <llego tarde> / <consegna / <corriere> / <spedizione> / <mai arrivat / <in ritardo> / 配達 / 配送
/ 届か / 物流 / 快递 / 送货 / 没收到 / 没有收到
"""
    ),
    "misuse": _any(
        r"""
<instructions?> / <(?:the|no) manual> / <too complicated> / <confusing> / <figure ~6out> / <how to use> /
<set (?:it )?up> / <anleitung / <kompliziert / <wie man> / <umständlich / <mode d'emploi> / <la notice> /
<notice d'utilisation> / <complique / <comment l'utiliser> / <instrucciones> / <complicad[oa] / <como se
usa> / <istruzioni> / <complicat[oa]> / <come si usa> / 説明書 / 使い方 / 難しすぎ / 说明书 / 怎么用 /
不会用 / 太复杂
"""
    ),
}
_DEMAND = _any(
    r"""
<for free> / <free of charge> / <(?:another|one more) ~15free> / <for nothing> / <compensation> / <gift card
/ <pay me> / <send me money> / <voucher / <kostenlos / <gratis> / <umsonst> / <gutschein / <entschädigung /
<geld> / <gratuit / <dedommag / <bon d'achat> / <argent> / <compensacion / <dinero> / <regalo> /
<gratuitamente> / <risarcimento> / <soldi> / <buono> / 無料 / タダ / 賠償 / 免费 / 赔偿 / 赔钱 / 红包 / 返现
"""
)
_THREAT = _any(
    r"""
<or else> / <or i (?:will|'ll)> / <or i'll> / <otherwise> / <unless you> / <if you (?:don't|do not)> /
<sonst> / <andernfalls> / <wenn sie nicht> / <oder ich> / <sinon> / <ou je> / <si vous ne> / <si no> / <de
lo contrario> / <o pondre> / <altrimenti> / <se non> / <oppure> / さもないと / なければ / でないと / 否则 /
不然 / 要不
"""
)
_REVIEW = _any(
    r"""
<reviews?> / <stars?> / <feedback / <ratings?> / <bewert / <sterne?n?> / <rezension / <avis> / <etoiles?> /
<commentaires?> / <resenas?> / <estrellas?> / <valoracion / <opinion / <recension / <stell[ae]> /
<valutazion / レビュー / 星 / 評価 / 评价 / 差评 / 评论
"""
)
_CHANGES: Mapping[str, re.Pattern[str]] = {
    "cancellation": _any(r"<cancel / <stornier / <storno / <annul / キャンセル / 取り消 / 取消"),
    "address": _any(
        r"<address> / <adress / <rechnungsadress / <direccion / <indirizzo> / 住所 / 届け先 / 地址"
    ),
    "invoice": _any(
        r"<invoice / <vat receipt / <rechnung / <factur[ae] / <fattur[ae]> / 領収書 / 請求書 / 发票"
    ),
    "quantity": _any(
        r"<quantity> / <stückzahl / <anzahl> / <menge> / <quantite / <cantidad> / <quantita> / 数量 / 個数"
    ),
}


def cause_of(words: str) -> str:
    """Why a review is bad: quality, delivery, misuse or malicious; empty when that is not certain.

    Malicious: something for nothing is demanded, and a review threatened. That a refund is demanded is no
    malice.
    """
    text = _folded(words)
    if _DEMAND.search(text) and _THREAT.search(text) and _REVIEW.search(text):
        return "malicious"
    return _only(_CAUSES, text)


def change_of(words: str) -> str:
    """What an order change is about: cancellation, address, invoice or quantity; empty when not certain."""
    return _only(_CHANGES, _folded(words))


def _only(patterns: Mapping[str, re.Pattern[str]], text: str) -> str:
    found = [name for name, pattern in patterns.items() if pattern.search(text)]
    return found[0] if len(found) == 1 else ""


def _folded(words: str) -> str:
    return fold(plain_of(words[:_LONGEST]))
