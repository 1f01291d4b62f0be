import type { Language } from './language.ts';

const hint = 'Répondez 1 payé 2 personnel 3 incertain 4 confirmé ou AIDE';
const shortHint = '1 payé 2 personnel 3 incertain 4 confirmé AIDE';

export const french: Language = {
  tag: 'fr-FR',
  drill: 'EXERCICE',
  theLane: 'la caisse',
  theTill: 'la caisse',
  verdicts: {
    paid: 'payé',
    staff_error: 'personnel',
    unsure: 'incertain',
    confirmed: 'confirmé, sans approche',
    false_positive: 'fausse alerte',
    help: 'AIDE',
    safe: 'EN SÉCURITÉ',
  },
  actions: {
    any: 'une étape du plan',
    terminal_prompt: 'message en caisse',
    signage: 'écran',
    intercom: 'annonce',
    task: 'tâche',
    door_lock: 'verrouillage de porte',
    credential_disable: "carte d'accès",
    police_report: 'signalement à la police',
  },
  at: { today: 'à {time}', earlier: 'le {date} à {time}' },
  texts: {
    alert: {
      full: { say: 'merci de vérifier {place}.', hint },
      short: { say: 'vérifiez {place}.', hint: shortHint },
    },
    handOver: {
      full: { say: "changement d'équipe, à vous: {place}.", hint },
      short: { say: 'à vous: {place}.', hint: shortHint },
    },
    help: {
      full: { say: "votre équipe demande de l'AIDE: {place}. Allez-y maintenant, svp.", hint: 'Ensuite: EN SÉCURITÉ' },
      short: { say: 'AIDE demandée: {place}. Allez-y.', hint: 'Ensuite: EN SÉCURITÉ' },
    },
    receiptFound: {
      full: {
        say: 'correction pour {place}. Le ticket est là, tout est payé. Merci de ne rien faire.',
        hint: 'Désolés.',
      },
      short: { say: 'correction pour {place}. Tout est payé.', hint: 'Ne faites rien.' },
    },
    correctedByPerson: {
      full: {
        say: "correction pour {place}. Notre message était faux, dit l'équipe. Merci de ne rien faire.",
        hint: 'Désolés.',
      },
      short: { say: 'correction pour {place}. Notre message était faux.', hint: 'Ne faites rien.' },
    },
    notice: {
      full: { say: 'votre accord est demandé: {step}, {place}.', hint: 'Décidez dans la console, svp.' },
      short: { say: 'accord demandé: {step}, {place}.', hint: 'Voir la console.' },
    },
  },
  replies: {
    thanks: {
      paid: "noté: payé. Merci, il n'y a plus rien à faire.",
      staff_error: "noté: affaire du personnel. Merci, il n'y a plus rien à faire.",
      unsure: "noté. Quelqu'un de l'équipe va regarder.",
      confirmed: "noté. N'approchez personne, svp. Le PC sécurité prend la suite.",
      false_positive: 'noté: fausse alerte. Merci.',
      help: "de l'aide est appelée. Restez à l'abri.",
      safe: "noté: EN SÉCURITÉ. Merci, l'appel à l'aide est terminé.",
    },
    kept: "noté: {verdict}. Cela comptera au retour de notre système; inutile de l'envoyer encore.",
    keptHelp: "votre demande d'AIDE est notée, mais le système est lent. Appelez aussi un collègue ou les urgences.",
    closed: 'déjà clos {at}: {verdict}, par {who}. Plus rien à faire.',
    corrected: 'corrigé {at}: {verdict}, par {who}. Plus rien à faire.',
    unanswered: 'déjà clos {at} sans réponse. Plus rien à faire.',
    justDecided: "c'est décidé depuis un instant. Plus rien à faire.",
    nobodyAskedForHelp: "personne n'a demandé d'aide ici. Si c'est réglé, répondez 1, 2, 3 ou 4.",
    unknownCode: "le code {code} n'est pas connu pour votre numéro.",
    several: 'plusieurs sont ouverts: {list}.',
    notUnderstood: "désolés, cela n'a pas été compris.",
    withCode: 'Répondez avec le code: {example}',
    answers: 'Répondez 1 payé, 2 personnel, 3 incertain, 4 confirmé ou AIDE.',
    nothingOpen: "rien n'est ouvert pour vous en ce moment.",
    nobodyToCall: "rien n'est ouvert pour vous et personne n'est prévenu d'ici. Appelez un collègue ou les urgences.",
  },
  voice: {
    alert:
      "Ici Floorwalker. Merci de vérifier {place}. Le code est {code}. Tapez 1 si c'est payé, 2 si cela concerne le personnel, 3 si vous n'êtes pas sûr, 4 si c'est confirmé. Tapez 0 pour réécouter, ou 9 si vous avez besoin d'aide.",
    help: "Ici Floorwalker. Votre équipe demande de l'aide: {place}. Allez-y maintenant, s'il vous plaît. Le code est {code}. Tapez 7 quand tout le monde est en sécurité, 9 s'il faut plus d'aide, ou 0 pour réécouter.",
    wrongKey: "Désolé, cette touche n'a pas de fonction ici.",
    noLongerNeeded: "Il n'y a plus rien à décider dans cet appel. Merci.",
    machine: 'Ici Floorwalker, avec un message pour vous. Merci de regarder vos messages ou la console.',
    goodbye: 'Au revoir.',
  },
  email: {
    link: 'Ce qui a été vu (pour peu de temps): {link}',
    answer: 'Merci de répondre dans la console ou par SMS: 1 payé, 2 personnel, 3 incertain, 4 confirmé ou AIDE.',
    answerHelp: 'Merci de répondre EN SÉCURITÉ par SMS ou dans la console quand tout est terminé.',
    footer: 'Incident {code}. Personne ne lit les réponses à cette adresse.',
  },
};
