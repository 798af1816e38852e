"""The guard's words in seven languages about reviews, wishes and who does what.

How entries are written: words are folded (lower case, Romance accents removed, German umlauts kept; the
spelling with ae, oe, ue is added by itself); `stem*` matches words that begin so, `*stem` words that end so;
`gift_card` is a phrase of several words; Japanese and Chinese entries match anywhere.

Promises: data only.

Errors: none leave this module.
"""

from collections.abc import Mapping

from daemon.desk.policy_meanings import (
    ALL,
    ARTICLE,
    ASK,
    BEFORE,
    CANCEL,
    CHANGE,
    CLAIM,
    COMMENT,
    EXCHANGE,
    FEEDBACK,
    GIFT,
    HAPPY,
    IF,
    IT,
    LEAVE,
    NEGATIVE,
    NOT,
    OFFER,
    POSITIVE,
    RAISE,
    REFUND,
    REPLACE,
    REVIEW,
    SPLIT,
    STARS,
    STOP,
    TAIL,
    THANKS,
    UNHAPPY,
    WE,
    WISH,
    WITHDRAW,
    YOU,
)

LEXICON: Mapping[int, str] = {
    REVIEW: """
        review reviews reviewed reviewing reviewer reviewers rating ratings rate rated testimonial
        testimonials bewertung* bewerten bewertet bewerte *bewertung *bewertungen rezension* *rezension
        *rezensionen rezensier* avis note noter notez notation evaluation evaluations evaluer evaluez resena
        resenas resenar valoracion valoraciones valorar valore valorenos valoranos calificacion
        calificaciones calificar califique evaluacion evaluaciones evaluar puntuacion puntuaciones puntuar
        recension* recensir* recensit* valutazione valutazioni valutare valuti valutate valutarci giudizio
        giudizi punteggio レビュー 星の数 星数 クチコミ 口コミ 評価 低評価 高評価 评论 评价 评分 好评 差评
        中评 负评 打分 留评 追评 点评 星级 評論 評價 評分 好評 差評 負評 星級 voto voti 打个分 打下分
    """,
    FEEDBACK: """
        feedback feedbacks feedbackprofil verkäuferbewertung* händlerbewertung* seller_rating seller_ratings
        verkäufer_feedback evaluation_du_vendeur evaluation_vendeur avis_vendeur avis_sur_le_vendeur
        valoracion_del_vendedor valoracion_de_vendedor valoracion_como_vendedor valutazione_del_venditore
        valutazione_venditore フィードバック 出品者評価 出品者の評価 ストア評価 反馈 回馈 反饋 店铺评价
        卖家评价 verkäuferfeedback* händlerfeedback*
    """,
    COMMENT: """
        comment comments kommentar kommentare* commentaire commentaires comentario comentarios commento
        commenti opinion opinions opiniones opinione opinioni meinung *meinung コメント ご意見 ご感想 感想
    """,
    STARS: """
        star stars stern sterne sternen *sterne *sternen sternchen etoile etoiles estrella estrellas stella
        stelle 一星 二星 两星 四星 五星 一颗星 两颗星 三颗星 四颗星 五颗星
    """,
    CHANGE: """
        change changed changing changes update updated updating updates revise revised revising revision
        edit edited editing modify modified modifying amend amended amending alter altered altering adjust
        adjusted adjusting adjustment correct corrected correcting remove removed removing removal delete
        deleted deleting deletion withdraw withdrawn withdrawing withdrawal retract retracted retracting
        retraction reconsider* rethink revisit revisiting revisited rewrite rewritten rewriting think_again
        second_look another_look look_again taken_off removed_from go_away goes_away went_away gone erase
        erased erasing disappear* undo redo rephrase take_down taken_down taking_down take_back take_off
        took_down get_rid_of cancel ändern geändert ändert ändere änderten änderung änderungen abändern
        abgeändert abzuändern umändern umzuändern aktualisier* aktualisierung überarbeit* anpass* angepasst
        anzupassen korrigier* lösch* gelöscht entfern* zurückzieh* zurückzuzieh* zurückgezogen zurücknehm*
        zurückzunehm* zurückgenommen überdenk* überdacht revidier* umwandel* umzuwandeln umgewandelt
        herausnehm* rausnehm* herauszunehmen streichen editier* widerruf* berichtig* überprüf* überschreib*
        verschwind* modifi* chang* mettre_a_jour mise_a_jour mettiez_a_jour mettez_a_jour corrig* supprim*
        suppression retir* retrait effac* enlev* enlever revoir revoyez reviser actualis* rectifi* reecri*
        repenser cambi* modific* modifiqu* rectifiqu* corrij* actualic* actualiz* edit* elimin* borr* quitar
        quite quitara quitarla retirar retire suprim* correg* rectific* revisar anul* ajust* aggiorn*
        cancell* rimuov* rimozione rimoss* ritir* rived* rivalut* corregg* correzion* rettific* togli* tolga
        tolgano tolto ripens* riconsider* riscriv* 変更 修正 訂正 編集 更新 削除 取り下げ 取下げ 取り消 取消
        撤回 見直 書き換え 書き直 消して 消し 消去 改めて 再考 再検討 変えて 直して 考え直 修改 更改 改成
        改为 改一 改掉 改下 改个 改好 改 删除 删掉 删 撤销 撤掉 撤 移除 去掉 调整 更正 编辑 变更 重新考虑
        重新评 刪除 刪掉 刪 撤銷 調整 變更 編輯 重新考慮 改為
    """,
    RAISE: """
        raise raised raising improve improved improving increase increased increasing upgrade upgraded
        upgrading bump convert lift drop pull hide fix verbesser* erhöh* hochstufen aufwerten aufzuwerten
        anheben anzuheben amelior* augment* relever remonter annuler mejor* mejorar subir suba aument*
        miglior* alzare alzi 改善 上げて 提高 提升
    """,
    LEAVE: """
        leave leaving give giving write writing post posting share sharing submit submitting drop award add
        provide providing tell publish hinterlass* hinterlaß* schreib* geben gib gebt geb abgeben abgibst
        abgeb abgäben abzugeben verfass* vergeb* teilen veröffentlich* laiss* donn* ecri* redig* partag*
        publi* poster attribu* mettre mettez dejar deje deja dejara dejarnos dejenos dejando escrib*
        comparti* otorg* denos danos poner ponga ponganos valore lasci* scriv* scrivere condivid* pubblic*
        dia diate assegn* metta mettere valuti 書いて 書く 投稿 残して ご記入 お寄せ お聞かせ 入れて 書き込
        留下 留个 留一 写个 写下 写一 写评 给个 给我们 给一 留 写 发表 分享 打个 發表 寫
    """,
    ASK: """
        please kindly could would d may_we can_you will_you might_you mind ask asking request urge invite
        encourage consider willing possible possibly chance perhaps maybe want need needs should must can_i
        can_we bitte bitten könnten können_sie könntest kannst würden würdest wären möchten_sie möchtest
        vielleicht dürften dürfen_wir bereit sollten müssen_sie müssten lieb doch pourriez pouvez pourrais
        peux veuillez merci_de merci_d prions prie accepteriez serait seriez aimerions svp plait souhaitons
        invitons hesitez souhaitez devez podria podrias puede puedes favor rogamos ruego pedimos pido
        agradeceriamos agradeceria gustaria quisiera querria seria pediria invitamos encantaria debe
        potrebbe potrebbero puo puoi potreste potete preghiamo prego chiediamo chiederle chiedere chiedo
        favore piacere cortesia gentilmente sarebbe vorrebbe vogliate voglia grati invitiamo la_prego deve
        いただけ 頂け お願い ください 下さい もらえ ましたら 幸い 助かり ほしい 欲しい ぜひ 是非 请 能否
        可否 可以 麻烦 希望 帮忙 帮 能不能 是否 愿意 劳烦 恳请 求 拜托 欢迎 請 麻煩 幫 願意 歡迎 必须 需要
    """,
    WISH: """
        love glad happy delighted hope hoping mean means help helps helpful appreciate appreciated welcome
        deserve* earn earned looking_forward advance thrilled worth wonderful lovely great grateful thankful
        like want day freuen freut dankbar hoffen hilft helfen schön toll verdient wünschen danke voraus
        lieb glücklich aimer* heureux ravis espere* espoir aide aider aiderait comptons comptent merite*
        reconnaissants avance apprecie* encant* agradec* alegr* esper* ayud* merec* gustaria antelacion
        ilusion piacere farebbe grati gradi* sper* aiut* merit* apprezz* anticipo contenti felici 嬉しい
        うれしい 幸い 励み ぜひ 是非 お待ち 期待 希望 期待着 非常感谢您给 帮助 高兴 开心 鼓励 盼
    """,
    THANKS: """
        thank thanks thankful danke dank dankeschön bedanken merci remerci* gracias grazie ringrazi*
        ありがと 有難う 感謝 感谢 谢谢 多谢 謝謝 感謝您 agradecemos agradezco
    """,
    IF: """
        if when whenever provided once should in_case as_soon_as as_long_as after only unless wenn falls
        sofern sollten sollte sobald si s quand des_que lorsque une_fois pourvu apres cuando siempre_que
        en_cuanto una_vez caso se qualora quando appena non_appena dopo たら れば 場合 なら もし 際 とき 方
        如果 若 假如 要是 只要 的话 倘若 一旦 当您 满意请 满意的话 喜欢请 喜欢的 的話
    """,
    HAPPY: """
        happy satisfied pleased content delighted love loved enjoy enjoyed enjoying glad
        met_your_expectations meets_your_expectations works_well working_well works_fine works_great
        good_experience great_experience positive_experience everything_is_fine everything_is_ok
        everything_is_okay everything_is_good all_is_well all_is_good everything_went_well
        everything_is_well like_the like_your like_our like_it like_this liked zufrieden glücklich
        begeistert gefällt gefallen gefiel zufriedenstell* alles_in_ordnung alles_gut alles_geklappt
        alles_passt freude überzeugt satisfait* contents contente heureux ravi ravie plait plu convient
        tout_va_bien tout_est_en_ordre bien_passe satisfech* contento contenta contentos feliz gusta gustado
        gusto encanta encantado todo_ha_ido_bien todo_bien todo_esta_bien soddisfatt* felice piace piaciuto
        piaciuta tutto_bene andato_bene tutto_a_posto 満足 気に入 喜んで 問題なければ 良かった よかった 满意
        喜欢 高兴 开心 满足 没有问题 滿意 喜歡 contenti
    """,
    UNHAPPY: """
        unhappy dissatisfied disappointed unsatisfied problem problems issue issues unzufrieden enttäuscht
        probleme mecontent* insatisfait* decu problemes insatisfech* descontent* problema insoddisfatt*
        scontent* delus* problemi 不満 ご不満 問題 不满 问题 不滿
    """,
    NOT: """
        not no never cannot t without nicht kein* nie niemals ohne pas jamais aucun aucune ne sans nunca
        ningun* sin non mai nessun* senza ません ない なかった ず 不 没 未 无法 沒 無法
    """,
    REFUND: """
        refund refunds refunded refunding reimburs* money_back money repay compensat* free rebate rebates
        cashback credit credited partial_refund erstatt* rückerstatt* zurückerstatt* zurückzahl*
        rückzahlung* kaufpreis geld gratis kostenlos* umsonst gutschrift* entschädig* vergüt* rembours*
        argent gratuit* dedommag* indemnis* reembols* dinero compens* indemniz* devolucion_del_importe
        rimbors* denaro soldi indennizz* risarc* accredit* 返金 払い戻 払戻 無料 無償 補償 退款 退钱 全额退
        返现 免费 补偿 赔偿 现金 返利 退全款 退还 退錢 免費 賠償 返現 退還
    """,
    GIFT: """
        gift gifts gift_card gift_cards giftcard voucher vouchers coupon coupons discount discounts bonus
        reward* present presents incentive giveaway freebie gutschein* *gutschein geschenk* geschenkkarte
        schenken rabatt* *rabatt nachlass preisnachlass prämie* belohnung* cadeau* carte_cadeau bon_d_achat
        bon_d_achats cheque_cadeau remise reduction rabais ristourne recompens* code_promo offert offerte
        cupon cupones vale_de_compra tarjeta_regalo tarjeta_de_regalo descuento* rebaja regal* obsequi*
        bonificacion buono_regalo buono_sconto buono_acquisto sconto sconti omaggio premio ricompens*
        carta_regalo ギフト クーポン 割引 値引 謝礼 特典 プレゼント キャッシュバック お礼として お礼に 進呈
        商品券 差し上げ 礼品 礼物 优惠券 优惠 折扣 赠品 赠送 送您 送你 红包 禮品 禮物 優惠 贈品 贈送 紅包
    """,
    REPLACE: """
        replacement replacements ersatz* remplacement* reemplazo sustitucion sostituzione sostitutivo 交換品
        代替品 换货 补发 重发 換貨 補發
    """,
    POSITIVE: """
        positive good great nice excellent favourable favorable glowing perfect amazing wonderful best top
        kind high higher better fantastic awesome positiv* gute guter guten gutes tolle tollen nette super
        bestbewertung topbewertung beste besten positif positifs bon bonne bons excellent* favorable*
        meilleur* buena buenas buen excelente* mejor alta buona buone buon ottim* eccellent* favorevole
        高評価 好評価 良い評価 良いレビュー 高い評価 高いレビュー ポジティブ 好意的 好评 五星 五颗星 满星
        全五星 好評 五顆星
    """,
    NEGATIVE: """
        negative bad poor critical low one negativ* schlecht* negatif* mauvais* mala malas brutt* cattiv*
        低評価 悪い評価 低い 悪い 差评 中评 负评 差評 負評 負面 负面
    """,
    WE: """
        we i us our ours wir uns unser* ich nous notre nos je j nosotros nuestr* hemos he estamos vamos noi
        nostr* ci abbiamo ho stiamo amazon 私ども 弊社 当店 我们 我們 本店
    """,
    YOU: """
        you your yours sie ihre ihren ihrer ihrem ihr du dein deine deinen ihnen vous votre vos usted
        ustedes su sus tu tus te le lei voi suo sua tuo tua vostra vostro la_sua
    """,
    ARTICLE: """
        the a an this these our some der die das den dem ein eine einen unser unsere unseren le la les l un
        une ce cette notre nos el los las una este esta nuestro nuestra nuestros il lo gli i questo questa
        nostro nostra nostri
    """,
    STOP: """
        because before after when if since although though while but so weil bevor nachdem da während aber
        sondern parce avant apres quand mais lorsque porque antes despues pero cuando perche prima dopo ma
        quando per_cui with avec mit con using once until unless which where who sobald welche
    """,
    IT: """
        it that this them those sie es diese diesen ihn le la les l celui ci cela lo los las essa esso
    """,
    CANCEL: """
        cancel cancels cancelled canceled cancelling canceling cancellation stornier* storno stornierung
        annul* annuler annulation cancel* cancela* annull* cancell* キャンセル 取消 取り消
    """,
    CLAIM: """
        claim claims a_to_z atoz a_z chargeback chargebacks dispute disputes a_bis_z garantieantrag* *antrag
        antrag rückbuchung* streitfall reklamation* beschwerde* reclamation* a_a_z litige* contestation*
        retrofacturation reclamacion* disputa* contracargo* reclam* contestazion* マーケットプレイス保証
        保証申請 申請 チャージバック クレーム 索赔 拒付 纠纷 投诉 申诉 索賠 糾紛 投訴
    """,
    WITHDRAW: """
        withdraw withdrawn withdrawing cancel cancelled cancelling close closed closing drop dropped
        dropping retract* revoke* remove removed zurückzieh* zurückzuzieh* zurückgezogen zurücknehm*
        zurückzunehm* zurückgenommen schließen geschlossen stornieren widerruf* beenden ziehen retir* annul*
        clotur* ferm* abandonn* cerr* cierr* cancel* desist* ritir* annull* chiud* chius* revoc* 取り下げ
        取下げ 取り消 取消 撤回 クローズ 撤销 关闭 撤掉 撤诉 结束 撤銷 關閉
    """,
    BEFORE: """
        before instead rather bevor anstatt statt avant plutot au_lieu antes lugar prima invece 前に 先 之前
        而不是
    """,
    EXCHANGE: """
        in_exchange_for in_return_for in_exchange in_return im_gegenzug im_austausch als_gegenleistung
        en_echange en_contrepartie a_cambio in_cambio 引き換え 引換え 代わりに 作为交换 换取 作為交換 換取
    """,
    OFFER: """
        pay paying paid send sent give offer transfer receive receives get gets earn win zahlen bezahlen
        überweisen schicken geben bekommen erhalten payer recevez recevrez payons envoyer offrir offrons
        pagar pagamos enviar recibe recibira riceve ricevera pagare paghiamo inviare 支払 差し上げ 送金 支付
        付您 给您 转 获得 补偿 領取 领取
    """,
    SPLIT: """
        take taking pull put ziehen zieh nehmen nimm nehm zögen nähmen passen pass setzen prendre turn
        turning
    """,
    TAIL: """
        down back off away zurück runter herunter raus heraus weg an into
    """,
    ALL: """
        five 5 four 4 full all fünf vier volle alle cinq quatre toutes cinco cuatro todas cinque quattro
        tutte top
    """,
}
