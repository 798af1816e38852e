"""The guard's phrases in seven languages for PG06 and PG07: contact and payment past Amazon.

Promises: data only, in the shorthand that `daemon.desk.policy_shorthand` reads.

Errors: none leave this module.
"""

from typing import Final

from daemon.desk.policy_shorthand import phrases

# messengers; contact past Amazon; our own pages
CONTACT: Final = phrases(
    r"""
<(?:whatsapp|whats
app|telegram|wechat|weixin|viber|skype|instagram|facebook|tiktok|youtube|snapchat|kakao(?:talk)?)> /
<(?:twitter|linkedin|pinterest|discord|messenger)> / 微信(?!支付) / 微博 / 抖音 / 小红书 / 淘宝 / 旺旺 /
<qq> / (?:インスタ|フェイスブック|ツイッター|ユーチューブ|ティックトック|脸书) /
<line>(?:で|の|公式|アカウント|を|に| id>) / 公式line / 友だち追加 / 加(?:我|我们|客服) /
<(?:contact|reach|e-?mail|call|write|text|message|phone|write to|talk to) (?:us|me)
~12(?:directly|direct>|privately|off amazon|outside) / <(?:e-?mail|call|text|phone|ring) (?:us|me)> / <give
(?:us|me) a (?:call|ring)> / <send (?:us|me) an e-?mail> / <(?:directly|privately)
(?:contact|e-?mail|call|text) (?:us|me)> / <(?:outside|off) (?:of )?amazon> /
<(?:kontaktieren|schreiben|rufen|erreichen|anschreiben) (?:sie )?uns ~20(?:direkt|privat)> / <rufen sie
(?:uns |mich )?~20an> / <(?:ausserhalb|außerhalb) (?:von )?amazon> / <an amazon vorbei> / <uns ~15(?:per
e-?mail|telefonisch)> / <(?:contactez|appelez|ecrivez)[- ]nous ~20(?:directement|par
(?:mail|e-?mail|courriel|telephone)) / <appelez-nous> / <nous (?:contacter|ecrire|appeler|joindre)
~12(?:directement|par (?:mail|e-?mail|courriel|telephone)) / <(?:en dehors|hors) d'amazon> / <(?:en
dehors|hors) de la plateforme> /
<(?:contactenos|contactanos|escribanos|escribenos|llamenos|llamanos|contacte con nosotros|contactar con
nosotros) ~12directamente> / <(?:llamenos|llamanos)> / <fuera de (?:amazon|la plataforma)> / <por (?:correo
electronico|telefono) a> /
<(?:contattaci|contattarci|contatti|contattateci|scrivici|scriveteci|scriva|chiamaci) ~15direttamente> /
<(?:ci|mi) contatti ~12direttamente> / <(?:chiamateci|chiamaci|ci chiami)> / <(?:fuori|al di fuori)
(?:da|di|della) ?(?:amazon|piattaforma)> / 直接(?:ご連絡|連絡|お電話|メール)(?!.{0,12}返信) /
(?:amazon|アマゾン)(?:を通さず|外で|以外) / お電話(?:ください|で|にて|お願い) /
直接(?:联系|聯繫)(?:我|我们|我們) / 私下 / 线下(?:联系|处理|沟通) /
(?:亚马逊|amazon|平台)(?:平台)?(?:之外|以外|外) / (?:打|致)电(?:话)?(?:给)?我们 / 打电话 /
(?:拨打|打)(?:我们|客服)的?(?:电话|热线) / 发(?:邮件|电邮)(?:给|到|至) / <(?:our|my) (?:own )?(?:\w{1,20}
)?(?:website|web site|web page|webpage|homepage|home page|online shop|online store|web
shop|webshop|online-shop)> / <(?:visit|see|check|check out|go to|browse|shop at|order from|order ~20in|buy
~20(?:in|from|at)|come to) (?:our|my) (?:own )?(?:shop|store|site)>(?! (?:policy|on amazon|name)) /
<unser\w{0,2} (?:eigene\w?
)?(?:website|webseite|homepage|internetseite|webshop|onlineshop|online-shop|internetshop)\w{0,2}> /
<(?:besuch\w{0,3}|schauen|kommen)> ~15unser\w{0,2} (?:shop|laden|geschäft)>(?! (?:bei|auf) amazon) / <notre
(?:site|boutique en ligne|page web)> / <(?:visitez|consultez) ~8notre boutique>(?! (?:sur )?amazon) /
<nuestr[ao] (?:pagina|sitio|web|tienda (?:online|en linea|virtual))> / <(?:visite|visita|vaya a) nuestra
tienda>(?! (?:en|de) amazon) / <nostr[oa] (?:sito|pagina web|negozio (?:online|on line)|shop online)> /
<(?:visiti|visita|visitate) il nostro negozio>(?! (?:su )?amazon) /
(?:弊社|当店|当社|私ども|自社)の?(?:公式)?(?:ホームページ|サイト|hp|通販サイト) /
(?:弊社|当店|当社|自社)の?(?:公式)?(?:ウェブサイト|オンラインショップ)
/ 公式(?:ホームページ|サイト) / (?:我们|本店|公司|我們|品牌)的?(?:官网|官方网站|网站|网店|网址|官網|網站)
"""
)

# what makes a request for contact harmless when it follows
CONTACT_PASSES: Final = phrases(
    r"""
<(?:by|through|via|when you) (?:replying|answering|amazon|the amazon|this|responding) / <on amazon> / <here>
/ 回复此|回复本|回复这|通过亚马逊|站内|返信 / <(?:über|via|ueber) amazon> / <(?:via|par|sur) (?:la
messagerie|amazon)> / <(?:a traves de|en|por) amazon> / <(?:tramite|su) amazon> / <(?:en
repondant|respondiendo|rispondendo)>
"""
)

# a product may work with a messenger; then nobody is asked to use it
COMPATIBLE: Final = phrases(
    r"""
<(?:compatible|compatibility|supports|supported|works
with|streams?|streaming|pre-?installed|apps?>|kompatibel|unterstützt|unterstützung|funktioniert
mit|compatibles?|fonctionne avec|prend en charge|compatibile|compatibili|supporta|funziona con|funciona
con|soporta|admite)> / 対応|支持|兼容|互換
"""
)

REACH_US: Final = phrases(
    r"""
<(?:contact|reach|find us|follow|add us|write|chat|message us|call|join|subscribe|scan|us on|us at|finden
sie uns|folgen|suivez|siga|segui)> / 追加|关注|加我|联系
"""
)

PAYMENT: Final = phrases(
    r"""
<(?:paypal|paypay|pay pal|venmo|zelle|revolut|transferwise|western union|moneygram|cash
?app|bizum|satispay|alipay|bitcoins?|apple pay|google pay)> / <(?:wire|bank|direct bank|money) transfers?> /
<bank (?:details|account number|data)> / <account (?:number|details) (?:and|so|for) /
<(?:suo|su|votre|ihre?|deine) iban> / <(?:your|our|an) (?:iban|bic|sort code|routing number|bank account
details)> / <iban> ?: / <send ~12iban> / <(?:bank)?überweis\w{1,8}> / <ueberweis\w{1,8}> /
<(?:bankverbindung|bankdaten|kontonummer|kontodaten|kontoverbindung)> / <virements?> / <(?:votre|vos|un)
(?:rib|coordonnees bancaires)> / <coordonnees bancaires> / <transferencias?(?! de datos)> / <(?:datos
bancarios|numero de cuenta|cuenta bancaria)>(?! en) / <bonific(?:o|i|are|hiamo|heremo|at[oi])> /
<(?:coordinate|dati) bancari[e]?> / <conto corrente> / ペイパル / (?:銀行|口座)?(?:振込|振り込み|振込み) /
口座(?:番号|情報) / 送金 / 支付宝 / 微信支付 / 转账 / 转帐 / 汇款 / 银行(?:卡号|账号|账户|卡) / 贝宝 /
銀行帳號 / 轉帳 / 匯款
"""
)
