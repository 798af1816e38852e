"""The guard's words in seven languages that give a set phrase away: contact, payment, marketing and so on.

How entries are written: words are folded (lower case, Romance accents removed, German umlauts kept; the
spelling with ae, oe, ue is added by itself); `stem*` matches words that begin so, `*stem` words that end so;
`gift_card` is a phrase of several words; Japanese and Chinese entries match anywhere.

Promises: data only.

Errors: none leave this module.
"""

from collections.abc import Mapping

from daemon.desk.policy_meanings import AMAZON, BUY, CONTACT, MARKETING, OPT_OUT, PART, PAYMENT, THREAT

TOPICS: Mapping[int, str] = {
    CONTACT: """
        whatsapp whats telegram wechat weixin viber skype instagram facebook messenger tiktok youtube
        snapchat discord line kakao kakaotalk twitter linkedin pinterest qq email mail e_mail call text
        phone ring telephone website* homepage homepages web webpage webshop webseite* onlineshop* online
        internetseite* internetshop* site sites shop store stores outside off direct* direkt* privately
        privat* außerhalb ausserhalb telefonisch anrufen rufen vorbei laden geschäft boutique dehors hors
        appelez appeler courriel tienda pagina sitio fuera llamenos llamanos telefono correo direttamente
        chiamateci chiamaci chiami fuori sito negozio インスタ フェイスブック ツイッター ユーチューブ
        ティックトック 脸书 打我们 拨打 热线 ライン 友だち追加 直接 ホームページ ウェブサイト 公式サイト
        サイト お電話 電話 メール amazonを通さず amazon外 アマゾン外 微信 电话 官网 网站 网店 淘宝 直接联系
        私下 线下 平台外 亚马逊以外 亚马逊之外 邮件 抖音 小红书 加我 官網 網站 微博 私訊 旺旺 來電 打给 致电
    """,
    PAYMENT: """
        paypal venmo zelle revolut transferwise cashapp cash_app western_union moneygram bizum satispay
        alipay bitcoin crypto stripe klarna wire bank bankverbindung bankdaten kontonummer kontodaten iban
        bic swift überweis* banküberweisung rib virement* bancaire* bancaires bonific* bancari*
        transferencia* cuenta conto account_number sort_code routing_number coordinate ペイパル 銀行振込
        振込 振り込み 口座番号 口座情報 送金 支付宝 微信支付 转账 汇款 银行卡号 银行账号 银行账户 銀行帳號
        轉帳 匯款 贝宝 paypay
    """,
    MARKETING: """
        coupon* promo promotion promotional code codes off discount newsletter* special limited our other
        latest newest discover browse explore also even arrivals friday sale buy deals follow percent
        gutscheincode* rabattcode* aktionscode* rabatt nachlass günstiger gutschein* aktion* sonderangebot*
        unser* gefallen nächste* neuheiten prozent reduction* remise rabais offre offres notre nos aimerez
        apprecierez pourriez cupon* codigo descuento* rebaja oferta ofertas nuestr* otros nuevos demas
        tambien novedades codice codici sconto sconti offerta offerte nostri nostra altri nuovi prossimo
        potrebbe* クーポン 割引 新商品 新作 他の商品 キャンペーン セール メルマガ 特別価格 お得 优惠 折 新品
        促销 特价 其他商品 其他产品 其它商品 其它产品 上新 打折 关注 优惠码 折扣码 優惠 促銷 特價 boletin*
        suscrib*
    """,
    OPT_OUT: """
        unsubscribe* opt opting receiving receive mailing_list abmelden abgemeldet abzumelden abbestell*
        abzubestellen newsletter nachrichten mails abmeldung austragen desabonn* desinscri* recevoir baja
        recibir suscripcion desuscrib* desinscrib* iscrizione disiscriv* cancellar* ricevere 配信停止
        配信を停止 購読解除 登録解除 受信拒否 配信解除 退订 取消订阅 不再接收 拒收 退訂 取消訂閱 hear
        weiteren e_mails メールマガジン メルマガ 受け取りたくない
    """,
    THREAT: """
        legal lawyer lawyers attorney attorneys solicitor sue suing court prosecute report police fraudster
        fraudsters fraud scammer scammers scam liar liars lying idiot idiots stupid dumb moron shut thief
        thieves crook criminal fool ridiculous blacklist consequences anwalt anwälte* rechtsanwalt*
        strafanzeige anzeige anzeigen polizei gericht gerichtlich* rechtlich* klagen verklagen betrüger*
        lügner* idiot* dumm dumme dummkopf mund dieb frechheit avocat avocats plainte poursuiv* poursuites
        justice tribunal escroc* menteur* menteuse voleur* voleuse imbecile* stupide* taisez ferme abogado*
        demanda* demandar* legales denunci* tribunal* policia estafador* mentiros* idiota* estupid* ladron*
        callese callate imbecil* juzgado avvocat* legali denunc* querel* polizia truffator* bugiard* idiota
        idioti stupid* ladr* zitto zitta imbecill* 訴え 訴訟 法的 弁護士 警察 詐欺師 嘘つき うそつき 馬鹿
        バカ 黙れ 泥棒 起诉 法律手段 法律责任 律师 报警 骗子 撒谎 白痴 傻 闭嘴 小偷 无耻 追究 愚蠢 起訴 律師
        報警 騙子
    """,
    AMAZON: """
        amazon アマゾン 亚马逊 亞馬遜
    """,
    PART: """
        text texts wording words title content score number rest tone comments stars
    """,
    BUY: """
        order orders purchase purchases bestellung* auftrag* kauf commande* achat* pedido* compra* ordine*
        acquist*
    """,
}
