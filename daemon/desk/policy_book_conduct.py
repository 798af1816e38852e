"""The guard's phrases in seven languages for advertising, opt-out, threats and Amazon's name.

Promises: data only, in the shorthand that `daemon.desk.policy_shorthand` reads.

Errors: none leave this module.
"""

from typing import Final

from daemon.desk.policy_shorthand import phrases

MARKETING: Final = phrases(
    r"""
<(?:coupon|promo|promotion|promotional|discount|voucher|offer) ?codes?> / <coupons?> / <(?:use|enter|apply)
(?:the )?code> / \d{1,3} ?(?:%|percent) (?:off|discount)> / <newsletters?> / <special
(?:offers?|deals?|prices?)> / <limited[- ]time> / <our (?:other|latest|new|newest|whole|entire|full|wide)
(?:\w{1,15} )?(?:products?|items?|range|collection|arrivals?|models?|line|catalog(?:ue)?|assortment)> /
<(?:check out|discover|browse|explore|have a look at|take a look at) ~12(?:our|the)
(?:new|other|latest|whole) / <you (?:may|might|will|would|could) (?:also|even) (?:like|love|enjoy|be
interested) / <new arrivals?> / <black friday> / <on sale now> / <buy one> / <discount on (?:your|the) next>
/ <off (?:of )?your next> / <(?:best|great|hot) deals?> / <follow our (?:store|brand|shop)> /
<(?:gutschein|rabatt|aktions)-?code\w{0,2}> / \d{1,3} ?(?:%|prozent) (?:rabatt|nachlass|günstiger) /
<sonderangebot\w{0,2}> / <mit dem code> / <unser\w{0,2}
(?:ander\w{2}|weiter\w{2}|neu\w{2}|neuest\w{2}|übrig\w{2})
(?:produkt\w{0,2}|artikel\w?|kollektion|modelle\w?|angebot\w?|sortiment)> / <das könnte (?:ihnen|sie|dir)
auch gefallen> / <(?:beim|auf den|für den|für die|bei der) nächsten?
(?:einkauf|bestellung|kauf)~25(?:rabatt|%|gutschein|sparen) / <neuheiten> / <code[s]? (?:promo\w{0,5}|de
reduction|promotionnel)> / \d{1,3} ?% de (?:reduction|remise|rabais) / <bons? de reduction> / <offres?
(?:speciale|exclusive|promotionnelle)s?> / <(?:notre|nos) (?:nouvelles? collections?|nouveautes|autres
(?:produits|articles|modeles)|nouveaux (?:produits|articles|modeles))> / <vous
(?:aimerez|apprecierez|pourriez) (?:aussi|aussi aimer|egalement)> / <(?:codigo|cupon)\w{0,2} (?:de
)?(?:descuento|promocional)> / <cupon(?:es)?> / \d{1,3} ?% de (?:descuento|rebaja) / <ofertas?
(?:especial(?:es)?|exclusivas?)> / <(?:nuestros|los) (?:otros|nuevos|demas) (?:productos|articulos|modelos)>
/ <nuestro boletin> / <boletin de (?:novedades|noticias|ofertas)> / <nuestra nueva coleccion> / <tambien
(?:le|te) (?:puede|podria|gustara) ?(?:interesar|gustar)?> / <novedades de nuestra> / <codic[ei]
(?:sconto|promozional[ei]|promo)> / \d{1,3} ?% di sconto> / <offert[ae] (?:special[ei]|esclusiv[ae])> /
<(?:sconto|buono) (?:sul|per il) prossimo> / <(?:i nostri|gli) (?:altri|nuovi)
(?:prodotti|articoli|modelli)> / <(?:la )?nostra nuova collezione> / <potrebbe(?:ro)? (?:anche
)?(?:interessar|piacer)\w{2} / クーポン / 割引コード / \d{1,2}%(?:オフ|off|割引) /
(?:新商品|新作|新製品)~8(?:ご覧|発売|紹介|入荷|チェック|も) /
(?:他|ほか|その他)の商品~8(?:ご覧|もぜひ|チェック|おすすめ) / キャンペーン(?!(?:期間)?[はがも][^。]{0,6}終)
/ セール / メルマガ / 特別価格 / 次回~12割引 / 优惠(?:码|券) / 折扣(?:码|券) /
[一二三四五六七八九1-9]\.?[1-9]?折 / (?:其他|其它)(?:商品|产品) / 促销(?!(?:活动)?(?:期|已|结束)) / 特价 /
打折 / 新品(?:上市|推荐|系列|上架) / 关注我们 / 下次(?:购买|购物|下单)~10(?:优惠|折|减) / 優惠券 / 折扣碼 /
促銷 / 特價
"""
)

OPT_OUT: Final = phrases(
    r"""
<unsubscrib\w{1,4}> / <opt(?:ing)?[- ]?out> / <stop (?:receiving|getting) ~8(?:message|mail|e-?mail)s? / <no
longer (?:wish|want) to (?:receive|get|hear)> / <(?:remove|take) you ~8(?:from|off) ~8(?:mailing )?list> /
<(?:newsletter|nachrichten|e-?mails?|mails|verteiler|benachrichtigungen)
~20(?:abmelden|abbestellen|abzubestellen|abzumelden)> / <keine weiteren (?:nachrichten|e-?mails)
~10(?:erhalten|wünschen|bekommen)> / <(?:hier|jederzeit|sich) ~10(?:abmelden|abbestellen)>(?! (?:am|vom)
gerät) / <abbestell\w{1,4}> / <keine (?:weiteren )?(?:nachrichten|e-?mails) mehr
~10(?:erhalten|wünschen|bekommen)> / <desabonn\w{1,6}> / <desinscri\w{1,6}> / <(?:ne
)?(?:souhait\w{1,4}|voul\w{1,3}) plus recevoir> / <ne plus recevoir> / <dar(?:se|te|me)? de baja>(?!
(?:la|el) ) / <dejar de recibir> / <(?:no )?(?:desea|quiere) (?:seguir recibiendo|recibir mas)> /
<(?:de|dar)suscri\w{1,6}> / <desuscri\w{1,6}> / <cancelar su suscripcion a (?:nuestr|est) / <cancelar
(?:la|esta|su) suscripcion>(?! (?:a|de) (?:amazon|prime)) / <no recibir (?:mas
)?(?:mensajes|correos|e-?mails)> / <(?:annull\w{1,4}|cancell\w{1,4}) ~5(?:l'|la |della )?(?:iscrizione|sua
iscrizione)> / <disiscri\w{1,6}> / <(?:cancellar(?:si|ti|vi)|si cancelli) ~5(?:dalla|da)
~12(?:lista|newsletter|mailing) / <non (?:ricevere|desidera ricevere) piu> / 配信(?:を)?停止 /
購読(?:を)?解除 / 登録(?:を)?解除 / 配信解除 / 受信拒否 / (?:メールマガジン|メルマガ)の?(?:解除|停止) /
(?:メール|メッセージ)を受け取りたくない / 退订 / 取消订阅 / 不再接收 / 退訂 / 取消訂閱 /
拒收(?:信息|短信|邮件|消息)
"""
)

THREAT: Final = phrases(
    r"""
<legal (?:action|steps|proceedings|measures)> / <(?:our|my|a|the) (?:lawyers?|attorneys?|solicitors?)
~15(?:will|shall|is|are|has|have|hear|contact)> / <(?:our|my) (?:lawyers?|attorneys?|solicitors?)> /
<(?:hand|pass) ~20(?:lawyer|attorney|solicitor)s?> / <(?:sue|suing) (?:you|for)> / <take you to court> /
<see you in court> / <prosecut\w{1,4} you> / <report(?:ing|ed)? you> / <(?:call|inform|notify|involve|go to)
the police> / <you
~12(?:fraudsters?|scammers?|liars?|idiots?|thie(?:f|ves)|crooks?|criminals?|fools?|morons?)> /
<(?:fraudsters?|scammers?|liars?|idiots?|idiotic|stupid|morons?|shut up|scum)> / <you(?:'re| are)
(?:lying|dumb|ridiculous|cheating|stealing)> / <(?:put|place) you on ~10blacklist> /
<(?:anwalt|rechtsanwalt|anwälte|rechtsanwälte)\w{0,2}
~25(?:einschalten|beauftragen|übergeben|melden|wenden|kontaktieren) / <(?:unser\w{0,2}|mein\w{0,2})
(?:anwalt|anwälte|rechtsanwalt)\w{0,2}> / <strafanzeige> / <anzeige (?:gegen sie |bei der polizei
)?(?:erstatten|stellen)> / <(?:sie|euch|dich) ~8(?:anzeigen|verklagen)> / <verklagen> /
<(?:rechtliche|gerichtliche|juristische) (?:schritte|mittel|maßnahmen)> / <polizei
~12(?:einschalten|rufen|informieren|übergeben|melden) / <gerichtlich ~10(?:vorgehen|belangen) /
<(?:betrüger|betrügerin|lügner|lügnerin|idiot|idioten|idiotisch|dummkopf|vollidiot)> / <(?:sie sind|seien
sie nicht so|so|zu) (?:dumm|blöd|dämlich)> / <halten sie (?:den|ihren) mund> / <maul halten> /
<(?:notre|nos|mon|un) avocats?> ~12(?:vous|prend|sera|va|contact|saisi)|<(?:notre|nos) avocats?> /
<(?:porter|porterons|portons|deposer|deposerons) plainte> / <(?:poursuivre|poursuivrons|poursuites)
~12(?:justice|judiciaires?|legales?) / <actions? en justice> / <vous (?:poursuivre|denoncer)> /
<appel\w{1,5} la police> /
<(?:escrocs?|menteurs?|menteuses?|voleurs?|voleuses?|imbeciles?|idiots?|idiotes?|stupides?|abrutis?)> /
<taisez[- ]vous> / <fermez[- ]la> / <la ferme ?! / <acciones (?:legales|judiciales)> / <medidas legales> /
<nuestros? abogados?> / <(?:le|te|lo|los) (?:denunciar\w{1,5}|demandar\w{1,5})> /
<(?:denunciar|demandar)(?:le|lo|te)> / <denuncia (?:contra|a la policia)> / <llamar\w{0,4} a la policia> /
<ante los tribunales> /
<(?:estafador(?:es|a)?|mentiros[oa]s?|idiotas?|estupid[oa]s?|ladron(?:es|a)?|imbecil(?:es)?)> /
<call(?:ese|ate)> / <vie legali> / <azion[ei] legal[ei]> / <(?:nostro|nostri|il nostro) avvocat[oi]> /
<(?:sporgere|sporgeremo|presentare|presenteremo) (?:denuncia|querela)> / <(?:la|ti|vi)
(?:denunceremo|quereleremo|denunciamo)> / <chiam\w{1,5} la polizia> / <in tribunale> /
<(?:truffator[ei]|truffatrice|bugiard[oa]|bugiardi|idiota|idioti|stupid[oa]|ladr[oi]|imbecill[ei])> / <stia
zitt[oa]> / <sta zitt[oa]> / 法的(?:措置|手段|手続) / 訴え(?:ます|る|さ) / 訴訟 / 弁護士 /
警察に~6(?:通報|届|相談|連絡) / 詐欺師 / 嘘つき|うそつき / 馬鹿|バカ / 黙れ / 泥棒 /
法律(?:手段|途径|责任|行动) / 起诉 / 律师 / 报警 / 骗子 / 撒谎 / 白痴 / (?:你|您)?(?:真|太|很|是)傻 / 闭嘴 /
小偷 / 无耻 / 愚蠢 / 追究~6责任 / 起訴 / 律師 / 報警 / 騙子 / 閉嘴
"""
)

AS_AMAZON: Final = phrases(
    r"""
<(?:we are|we're|i am|i'm|this is|here is|you are talking to) (?:writing |calling |speaking )?(?:from |with
|at |part of |a member of )?(?:the )?amazon(?:'s)? (?:\w{1,12} )?(?:customer|seller|technical|buyer)?[
-]?(?:service|support|care|team|staff|department|help ?desk|representative|employee|agent)>(?!
(?:can|will|also)) / <(?:writing|calling|write|message|speaking) ~8(?:from|for|as) (?:the )?amazon(?:'s)?
(?:customer|seller|technical|buyer)?[ -]?(?:service|support|care|team|staff|department|help
?desk|representative|employee|agent)> / <(?:on|in) (?:behalf|the name) of amazon> / <(?:we are|we're|i
am|i'm|this is) amazon(?:\.|,|!| and ) / <i work (?:for|at) amazon> / <we work (?:for|at) amazon> / <(?:wir
sind|hier ist|hier schreibt|ich bin|sie sprechen mit) ~12amazon[-
](?:kundenservice|kundendienst|support|team|mitarbeiter\w{0,2}|service) / <im (?:namen|auftrag) von amazon>
/ <für amazon schreib / <(?:nous sommes|ici|je suis) ~4(?:le|du|l'equipe|l'equipe du|au)? ?(?:service
client(?:ele)?|support|equipe|assistance) (?:d'|de chez )?amazon> / <(?:au nom|de la part|pour le compte)
d'amazon> / <je travaille (?:chez|pour) amazon> / <(?:somos|soy|le habla|le escribe) ~4(?:el |del |la |de
)?(?:servicio|equipo|atencion|soporte) ~25(?:de )?amazon> / <(?:en nombre|de parte|por cuenta) de amazon> /
<el equipo de amazon (?:le|les|te|se)> / <trabajo (?:en|para) amazon> / <(?:siamo|sono|qui) ~4(?:il |del
|l'|la )?(?:servizio clienti|assistenza|assistenza clienti|team|supporto) (?:di )?amazon> / <(?:per conto|a
nome|da parte) di amazon> / <lavoro (?:per|in) amazon> /
(?:amazon|アマゾン)(?:の)?カスタマー(?:サービス|サポート)(?:です|でございます|の担当|より) /
(?:amazon|アマゾン)の?サポート(?:チーム)?(?:です|でございます|の担当|の者) / (?:amazon|アマゾン)を代表して /
(?:amazon|アマゾン)の?代理 /
(?:我们|我|这里|我們|這裡)是(?:亚马逊|亞馬遜|amazon)的?(?:官方|客服|客户服务|客戶服務|工作人员|团队|平台) /
代表(?:亚马逊|亞馬遜|amazon)
"""
)

# a sign-off on a line of its own
SIGNED_AMAZON: Final = (
    r"\n[ \t]{0,5}(?:your |the |ihr |ihre |dein |votre |l'|su |el |il |il suo )?(?:equipe |equipo "
    r"|team |servicio de atencion al cliente |service client |servizio clienti |servicio al cliente "
    r")?(?:d'|de |di )?amazon(?:[.\w]{0,6})[- ]?(?:customer service|customer support|support team"
    r"|support|team|kundenservice|kundendienst|service|カスタマーサービス)?[ \t]{0,5}[.!]?[ \t]{0,5}(?:\n|$)"
)
