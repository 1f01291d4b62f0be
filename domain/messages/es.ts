import type { Language } from './language.ts';

const hint = 'Responda 1 pagado 2 personal 3 no seguro 4 confirmado o AYUDA';
const shortHint = '1 pagado 2 personal 3 no seguro 4 confirmado AYUDA';

export const spanish: Language = {
  tag: 'es-ES',
  drill: 'SIMULACRO',
  theLane: 'la caja',
  theTill: 'la caja',
  verdicts: {
    paid: 'pagado',
    staff_error: 'personal',
    unsure: 'no seguro',
    confirmed: 'confirmado, sin acercarse',
    false_positive: 'falsa alarma',
    help: 'AYUDA',
    safe: 'A SALVO',
  },
  actions: {
    any: 'un paso del plan',
    terminal_prompt: 'aviso en la caja',
    signage: 'pantalla',
    intercom: 'aviso por altavoz',
    task: 'tarea',
    door_lock: 'cierre de puerta',
    credential_disable: 'tarjeta de acceso',
    police_report: 'aviso a la policía',
  },
  at: { today: 'a las {time}', earlier: 'el {date} a las {time}' },
  texts: {
    alert: {
      full: { say: 'por favor revise {place}.', hint },
      short: { say: 'revise {place}.', hint: shortHint },
    },
    handOver: {
      full: { say: 'cambio de turno, ahora le toca {place}.', hint },
      short: { say: 'le toca {place}.', hint: shortHint },
    },
    help: {
      full: { say: 'su equipo pide AYUDA en {place}. Acuda ahora, por favor.', hint: 'Al terminar responda A SALVO' },
      short: { say: 'piden AYUDA en {place}. Acuda ya.', hint: 'Al final: A SALVO' },
    },
    receiptFound: {
      full: {
        say: 'corrección para {place}. Apareció el recibo, todo está pagado. No haga nada, por favor.',
        hint: 'Disculpe.',
      },
      short: { say: 'corrección para {place}. Todo está pagado.', hint: 'No haga nada.' },
    },
    correctedByPerson: {
      full: {
        say: 'corrección para {place}. Nuestro mensaje era erróneo, según el equipo. No haga nada, por favor.',
        hint: 'Disculpe.',
      },
      short: { say: 'corrección para {place}. Nuestro mensaje era erróneo.', hint: 'No haga nada.' },
    },
    notice: {
      full: { say: 'se pide su aprobación: {step}, {place}.', hint: 'Decida en la consola, por favor.' },
      short: { say: 'apruebe: {step}, {place}.', hint: 'Vea la consola.' },
    },
  },
  replies: {
    thanks: {
      paid: 'anotado como pagado. Gracias, no hay más que hacer.',
      staff_error: 'anotado como asunto del personal. Gracias, no hay más que hacer.',
      unsure: 'anotado. Alguien del equipo lo mirará.',
      confirmed: 'anotado. Por favor, no se acerque a nadie. Sigue la sala de control.',
      false_positive: 'anotado como falsa alarma. Gracias.',
      help: 'ya se llama a alguien. Quédese donde esté a salvo.',
      safe: 'anotado: A SALVO. Gracias, la petición de ayuda ha terminado.',
    },
    kept: 'anotado: {verdict}. Contará cuando vuelva nuestro sistema; no hace falta repetirlo.',
    keptHelp: 'su AYUDA está guardada, pero el sistema va lento. Llame también a alguien del equipo o a emergencias.',
    closed: 'ya se cerró {at}: {verdict}, por {who}. No hace falta nada más.',
    corrected: 'se corrigió {at}: {verdict}, por {who}. No hace falta nada más.',
    unanswered: 'ya se cerró {at} sin respuesta. No hace falta nada más.',
    justDecided: 'se decidió hace un momento. No hace falta nada más.',
    nobodyAskedForHelp: 'nadie ha pedido ayuda aquí. Si está resuelto, responda 1, 2, 3 o 4.',
    unknownCode: 'el código {code} no se conoce para su número.',
    several: 'hay varios abiertos: {list}.',
    notUnderstood: 'perdón, no se ha entendido.',
    withCode: 'Responda con el código: {example}',
    answers: 'Responda 1 pagado, 2 personal, 3 no seguro, 4 confirmado o AYUDA.',
    nothingOpen: 'ahora no hay nada abierto para usted.',
    nobodyToCall:
      'no hay nada abierto para usted y desde aquí no se avisa a nadie. Llame a alguien del equipo o a emergencias.',
  },
  voice: {
    alert:
      'Aquí Floorwalker. Por favor, revise {place}. El código es {code}. Pulse 1 si está pagado, 2 si es cosa del personal, 3 si no está seguro, 4 si está confirmado. Pulse 0 para oírlo otra vez, o 9 si necesita ayuda.',
    help: 'Aquí Floorwalker. Su equipo pide ayuda en {place}. Por favor, acuda ahora. El código es {code}. Pulse 7 cuando todos estén a salvo, 9 si hace falta más ayuda, o 0 para oírlo otra vez.',
    wrongKey: 'Perdón, esa tecla no tiene función aquí.',
    noLongerNeeded: 'En esta llamada ya no hay nada que decidir. Gracias.',
    machine: 'Aquí Floorwalker con un mensaje para usted. Por favor, mire sus mensajes o la consola.',
    goodbye: 'Adiós.',
  },
  email: {
    link: 'Lo que se vio (por poco tiempo): {link}',
    answer:
      'Por favor, responda en la consola o por mensaje de texto: 1 pagado, 2 personal, 3 no seguro, 4 confirmado o AYUDA.',
    answerHelp: 'Por favor, responda A SALVO por mensaje de texto o en la consola cuando todo haya pasado.',
    footer: 'Incidente {code}. Nadie lee las respuestas a esta dirección.',
  },
};
