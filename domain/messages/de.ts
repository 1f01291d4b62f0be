import type { Language } from './language.ts';

const hint = 'Antwort: 1 bezahlt 2 Personal 3 unsicher 4 bestätigt oder HILFE';
const shortHint = '1 bezahlt 2 Personal 3 unsicher 4 bestätigt HILFE';

export const german: Language = {
  tag: 'de-DE',
  drill: 'ÜBUNG',
  theLane: 'Kasse',
  theTill: 'Kasse',
  verdicts: {
    paid: 'bezahlt',
    staff_error: 'Personal',
    unsure: 'unsicher',
    confirmed: 'bestätigt, ohne Ansprechen',
    false_positive: 'Fehlalarm',
    help: 'HILFE',
    safe: 'SICHER',
  },
  actions: {
    any: 'ein Schritt des Ablaufs',
    terminal_prompt: 'Hinweis an der Kasse',
    signage: 'Anzeige',
    intercom: 'Durchsage',
    task: 'Aufgabe',
    door_lock: 'Türverriegelung',
    credential_disable: 'Zugangskarte',
    police_report: 'Meldung an die Polizei',
  },
  at: { today: 'um {time}', earlier: 'am {date} um {time}' },
  texts: {
    alert: {
      full: { say: 'bitte nachsehen: {place}.', hint },
      short: { say: 'nachsehen: {place}.', hint: shortHint },
    },
    handOver: {
      full: { say: 'Schichtwechsel, bitte übernehmen: {place}.', hint },
      short: { say: 'übernehmen: {place}.', hint: shortHint },
    },
    help: {
      full: { say: 'Ihr Team braucht HILFE: {place}. Bitte sofort hingehen.', hint: 'Danach SICHER antworten' },
      short: { say: 'HILFE nötig: {place}. Sofort hin.', hint: 'Danach: SICHER' },
    },
    receiptFound: {
      full: {
        say: 'Korrektur zu {place}. Der Bon ist da, alles ist bezahlt. Bitte nichts unternehmen.',
        hint: 'Entschuldigung.',
      },
      short: { say: 'Korrektur zu {place}. Alles ist bezahlt.', hint: 'Nichts unternehmen.' },
    },
    correctedByPerson: {
      full: {
        say: 'Korrektur zu {place}. Unsere Nachricht war falsch, sagt das Team. Bitte nichts unternehmen.',
        hint: 'Entschuldigung.',
      },
      short: { say: 'Korrektur zu {place}. Unsere Nachricht war falsch.', hint: 'Nichts unternehmen.' },
    },
    notice: {
      full: { say: 'Ihre Zustimmung wird gebraucht: {step}, {place}.', hint: 'Bitte in der Konsole entscheiden.' },
      short: { say: 'bitte zustimmen: {step}, {place}.', hint: 'Siehe Konsole.' },
    },
  },
  replies: {
    thanks: {
      paid: 'als bezahlt notiert. Danke, nichts weiter zu tun.',
      staff_error: 'als Sache des Personals notiert. Danke, nichts weiter zu tun.',
      unsure: 'notiert. Jemand aus dem Team sieht es sich an.',
      confirmed: 'notiert. Bitte niemanden ansprechen. Die Leitstelle übernimmt.',
      false_positive: 'als Fehlalarm notiert. Danke.',
      help: 'Hilfe wird gerufen. Bleiben Sie, wo Sie sicher sind.',
      safe: 'als SICHER notiert. Danke, der Hilferuf ist beendet.',
    },
    kept: 'notiert: {verdict}. Es zählt, sobald unser System wieder da ist; bitte nicht noch einmal senden.',
    keptHelp:
      'Ihr Ruf nach HILFE ist notiert, das System ist aber langsam. Bitte rufen Sie auch im Team oder den Notruf an.',
    closed: 'schon {at} abgeschlossen: {verdict}, durch {who}. Nichts weiter nötig.',
    corrected: '{at} berichtigt: {verdict}, durch {who}. Nichts weiter nötig.',
    unanswered: 'schon {at} ohne Antwort abgeschlossen. Nichts weiter nötig.',
    justDecided: 'das wurde eben entschieden. Nichts weiter nötig.',
    nobodyAskedForHelp: 'hier hat niemand um Hilfe gebeten. Wenn alles gut ist, antworten Sie 1, 2, 3 oder 4.',
    unknownCode: 'der Code {code} ist für Ihre Nummer nicht bekannt.',
    several: 'mehrere sind offen: {list}.',
    notUnderstood: 'das wurde leider nicht verstanden.',
    withCode: 'Bitte mit Code, etwa {example}',
    answers: 'Antwort: 1 bezahlt, 2 Personal, 3 unsicher, 4 bestätigt oder HILFE.',
    nothingOpen: 'für Sie ist gerade nichts offen.',
    nobodyToCall:
      'für Sie ist nichts offen, von hier wird niemand gerufen. Bitte rufen Sie im Team oder den Notruf an.',
  },
  voice: {
    alert:
      'Hier ist Floorwalker. Bitte sehen Sie nach: {place}. Der Code ist {code}. Drücken Sie 1 für bezahlt, 2 für Personal, 3 für unsicher, 4 für bestätigt. Mit 0 hören Sie das noch einmal, mit 9 rufen Sie Hilfe.',
    help: 'Hier ist Floorwalker. Ihr Team braucht Hilfe: {place}. Bitte gehen Sie sofort hin. Der Code ist {code}. Drücken Sie 7, wenn alle sicher sind, 9, wenn mehr Hilfe nötig ist, oder 0, um das noch einmal zu hören.',
    wrongKey: 'Diese Taste hat hier leider keine Bedeutung.',
    noLongerNeeded: 'In diesem Anruf gibt es nichts mehr zu entscheiden. Danke.',
    machine:
      'Hier ist Floorwalker mit einer Nachricht für Sie. Bitte sehen Sie in Ihre Nachrichten oder in die Konsole.',
    goodbye: 'Auf Wiederhören.',
  },
  email: {
    link: 'Was zu sehen war (nur für kurze Zeit): {link}',
    answer:
      'Bitte antworten Sie in der Konsole oder per SMS: 1 bezahlt, 2 Personal, 3 unsicher, 4 bestätigt oder HILFE.',
    answerHelp: 'Bitte antworten Sie per SMS oder in der Konsole mit SICHER, wenn alle sicher sind.',
    footer: 'Vorfall {code}. Antworten an diese Adresse liest niemand.',
  },
};
