package transcript

import "golang.org/x/text/language"

// words are what a transcript says beside the conversation. %s of Subject is the chat's title, of Times the time zone.
type words struct {
	Subject, You, Operator, File, Edited, Deleted, Times string
	rtl                                                  bool
}

// in returns the words of the language of a tag, or else the English ones.
func in(tag string) (words, string) {
	if t, err := language.Parse(tag); err == nil {
		b, _ := t.Base()
		if w, ok := languages()[b.String()]; ok {
			return w, b.String()
		}
	}
	return languages()["en"], "en"
}

// languages are those of the widget.
func languages() map[string]words {
	return map[string]words{
		"en": {Subject: "Your conversation with %s", You: "You", Operator: "Operator", File: "File", Edited: "edited", Deleted: "Message deleted", Times: "Times are in the time zone %s."},
		"uk": {Subject: "Ваша розмова: %s", You: "Ви", Operator: "Оператор", File: "Файл", Edited: "змінено", Deleted: "Повідомлення видалено", Times: "Час указано за часовим поясом %s."},
		"de": {Subject: "Ihr Gespräch mit %s", You: "Sie", Operator: "Mitarbeiter", File: "Datei", Edited: "bearbeitet", Deleted: "Nachricht gelöscht", Times: "Zeiten in der Zeitzone %s."},
		"es": {Subject: "Su conversación con %s", You: "Usted", Operator: "Agente", File: "Archivo", Edited: "editado", Deleted: "Mensaje eliminado", Times: "Horas en la zona horaria %s."},
		"fr": {Subject: "Votre conversation avec %s", You: "Vous", Operator: "Conseiller", File: "Fichier", Edited: "modifié", Deleted: "Message supprimé", Times: "Heures du fuseau horaire %s."},
		"it": {Subject: "La sua conversazione con %s", You: "Lei", Operator: "Operatore", File: "File", Edited: "modificato", Deleted: "Messaggio eliminato", Times: "Orari nel fuso orario %s."}, //nolint:misspell // it is Italian
		"pl": {Subject: "Twoja rozmowa: %s", You: "Ty", Operator: "Konsultant", File: "Plik", Edited: "edytowano", Deleted: "Wiadomość usunięta", Times: "Godziny w strefie czasowej %s."},
		"pt": {Subject: "A sua conversa com %s", You: "Você", Operator: "Atendente", File: "Arquivo", Edited: "editada", Deleted: "Mensagem apagada", Times: "Horários no fuso %s."},
		"nl": {Subject: "Uw gesprek met %s", You: "U", Operator: "Medewerker", File: "Bestand", Edited: "bewerkt", Deleted: "Bericht verwijderd", Times: "Tijden in de tijdzone %s."},
		"cs": {Subject: "Vaše konverzace: %s", You: "Vy", Operator: "Operátor", File: "Soubor", Edited: "upraveno", Deleted: "Zpráva smazána", Times: "Časy v časovém pásmu %s."},
		"ro": {Subject: "Conversația dvs. cu %s", You: "Dvs.", Operator: "Operator", File: "Fișier", Edited: "editat", Deleted: "Mesaj șters", Times: "Orele sunt în fusul orar %s."},
		"tr": {Subject: "Görüşmeniz: %s", You: "Siz", Operator: "Temsilci", File: "Dosya", Edited: "düzenlendi", Deleted: "Mesaj silindi", Times: "Saatler %s saat dilimindedir."},
		"ar": {Subject: "محادثتك مع %s", You: "أنت", Operator: "الموظف", File: "ملف", Edited: "معدّلة", Deleted: "حُذفت الرسالة", Times: "الأوقات حسب المنطقة الزمنية %s.", rtl: true},
		"he": {Subject: "השיחה שלך עם %s", You: "אני", Operator: "נציג", File: "קובץ", Edited: "נערכה", Deleted: "ההודעה נמחקה", Times: "השעות לפי אזור הזמן %s.", rtl: true},
		"ja": {Subject: "%s との会話", You: "あなた", Operator: "オペレーター", File: "ファイル", Edited: "編集済み", Deleted: "メッセージは削除されました", Times: "時刻のタイムゾーン: %s"},
		"zh": {Subject: "您与 %s 的对话", You: "您", Operator: "客服", File: "文件", Edited: "已编辑", Deleted: "消息已删除", Times: "时间所用时区：%s。"},
	}
}
