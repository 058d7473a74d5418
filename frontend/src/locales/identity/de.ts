const minutes = (seconds: number) => {
  const count = Math.max(1, Math.ceil(seconds / 60))
  return count === 1 ? 'einer Minute' : `${count} Minuten`
}

export default {
  fields: {
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    newPassword: 'Neues Passwort',
    currentPassword: 'Bisheriges Passwort',
    name: 'Name',
    code: 'Code',
    optional: 'freiwillig',
    show: 'Passwort zeigen',
    hide: 'Passwort verbergen',
  },
  /** What is wrong with a field, by the machine-readable code. */
  faults: {
    missing: 'Bitte ausfüllen.',
    empty: 'Bitte ausfüllen.',
    'too-short': 'Das ist zu kurz.',
    'too-long': 'Das ist zu lang.',
    'string-too-short': 'Das ist zu kurz.',
    'string-too-long': 'Das ist zu lang.',
    'string-pattern-mismatch': 'Das hat nicht die richtige Form.',
    'weak-password': 'Dieses Passwort ist zu leicht zu erraten.',
    character: 'Ein Zeichen darin lässt sich nicht darstellen.',
    'email-invalid': 'Das ist keine vollständige E-Mail-Adresse.',
    invalid: 'Das stimmt so nicht.',
  },
  strength: {
    label: 'Stärke',
    levels: ['Errät jeder', 'Sehr schwach', 'Schwach', 'Gut', 'Sehr gut'],
    advice:
      'Am besten vier oder mehr Wörter, die nichts miteinander zu tun haben. Sonderzeichen sind nicht nötig.',
    /** What would make a password better, by the identity service's codes. */
    suggestions: {
      'use-words': 'Nehmen Sie mehrere Wörter, keine bekannte Wendung.',
      'add-words': 'Ein, zwei ungewöhnliche Wörter mehr helfen.',
      'avoid-keyboard-patterns': 'Muster auf der Tastatur sind bekannt.',
      'avoid-repetition': 'Wiederholungen helfen nicht.',
      'avoid-sequences': 'Reihen wie abc oder 123 helfen nicht.',
      'avoid-years': 'Jahreszahlen sind leicht zu erraten.',
      'avoid-dates': 'Daten aus Ihrem Leben sind leicht zu erraten.',
      'capitals-do-not-help': 'Großbuchstaben ändern wenig.',
      'reversing-does-not-help': 'Rückwärts ist nicht schwerer.',
      'substitutions-do-not-help': 'Ein @ statt a ändert wenig.',
    } as Record<string, string>,
  },
  signIn: {
    title: 'Anmelden',
    lead: 'Schön, Sie wiederzusehen.',
    submit: 'Anmelden',
    forgot: 'Passwort vergessen?',
    noAccount: 'Noch kein Konto?',
    or: 'oder',
    with: (provider: string) => `Weiter mit ${provider}`,
    newTab: 'Öffnet einen neuen Tab.',
    refused: 'E-Mail-Adresse oder Passwort stimmt nicht.',
    throttled: (seconds: number) =>
      `Zu viele Versuche. Aus Vorsicht geht es erst in ${minutes(seconds)} weiter.`,
    again: 'Bitte noch einmal anmelden',
    againLead: 'Ihre Sitzung ist abgelaufen. Ihre Eingaben bleiben stehen und werden gleich danach gesendet.',
    notNow: 'Nicht jetzt',
  },
  secondFactor: {
    title: 'Zweiter Faktor',
    lead: 'Der sechsstellige Code aus Ihrer Authenticator-App. Ein Wiederherstellungscode geht auch.',
    submit: 'Weiter',
    back: 'Mit einem anderen Konto anmelden',
    refused: 'Dieser Code stimmt nicht oder wurde schon benutzt.',
  },
  signUp: {
    title: 'Konto anlegen',
    lead: 'Für Bestellungen, Adressen und Bewertungen.',
    nameHint: 'So sprechen wir Sie an.',
    marketing: 'Schreiben Sie mir ab und zu, was es Neues im Regal gibt.',
    marketingHint: 'Lässt sich jederzeit abstellen.',
    privacyBefore: 'Was wir speichern, steht unter',
    submit: 'Konto anlegen',
    haveAccount: 'Schon ein Konto?',
    sentTitle: 'Jetzt in Ihr Postfach schauen',
    sent: (email: string) =>
      `Wir haben an ${email} geschrieben. Der Link in der Nachricht bestätigt die Adresse.`,
    sentNothing:
      'Nichts angekommen? Sehen Sie im Spam nach. Gibt es zu der Adresse schon ein Konto, steht das in der Nachricht.',
    sentSignIn: 'Anmelden können Sie sich schon jetzt.',
  },
  verify: {
    title: 'Adresse bestätigen',
    working: 'Einen Augenblick, die Adresse wird bestätigt.',
    doneTitle: 'Adresse bestätigt.',
    done: 'Vielen Dank. Alles, was Ihr Konto kann, steht Ihnen jetzt offen.',
    account: 'Zum Konto',
    staleTitle: 'Dieser Link gilt nicht mehr',
    stale:
      'Er ist abgelaufen, oder er wurde schon benutzt. Melden Sie sich an: dort können Sie eine neue Nachricht anfordern.',
  },
  banner: {
    text: (email: string) => `Bitte bestätigen Sie ${email}: der Link steht in unserer Nachricht.`,
    resend: 'Nachricht noch einmal senden',
    resent: 'Ist unterwegs. Bitte sehen Sie in Ihrem Postfach nach.',
  },
  forgot: {
    title: 'Passwort vergessen',
    lead: 'Kommt vor. Wir schicken Ihnen einen Link, mit dem Sie ein neues setzen.',
    submit: 'Link schicken',
    sentTitle: 'Jetzt in Ihr Postfach schauen',
    sent: (email: string) =>
      `Gibt es ein Konto zu ${email}, ist der Link dorthin unterwegs. Er gilt nicht lange.`,
    back: 'Zurück zum Anmelden',
  },
  reset: {
    title: 'Neues Passwort',
    lead: 'Danach sind Sie überall abgemeldet und melden sich mit dem neuen Passwort an.',
    submit: 'Passwort setzen',
    doneTitle: 'Das Passwort ist gesetzt.',
    stale: 'Dieser Link ist abgelaufen oder wurde schon benutzt. Fordern Sie einen neuen an.',
    again: 'Neuen Link anfordern',
  },
  comingBack: {
    title: 'Anmeldung',
    working: 'Einen Augenblick, Sie werden angemeldet.',
    closable: 'Sie sind angemeldet. Dieser Tab wird nicht mehr gebraucht.',
    failedTitle: 'Das hat nicht geklappt',
    problems: {
      'external-denied': 'Die Anmeldung wurde beim Anbieter abgebrochen.',
      'external-expired': 'Das hat zu lange gedauert. Bitte beginnen Sie noch einmal.',
      'external-unavailable': 'Der Anbieter ist gerade nicht erreichbar.',
      'external-email-unverified':
        'Der Anbieter hat Ihre E-Mail-Adresse nicht bestätigt. Legen Sie hier ein Konto mit Passwort an.',
      'second-factor-required':
        'Ihr Konto hat einen zweiten Faktor. Melden Sie sich mit E-Mail-Adresse, Passwort und Code an.',
      other: 'Damit kommen Sie hier nicht hinein. Versuchen Sie es noch einmal oder auf anderem Weg.',
    },
    again: 'Zurück zum Anmelden',
  },
  authorize: {
    title: 'Zugriff erlauben',
    lead: (client: string) => `${client} möchte Ihr Konto benutzen.`,
    as: (email: string) => `Angemeldet als ${email}`,
    asks: 'Damit erfährt die Anwendung:',
    scopes: {
      openid: 'dass Sie es sind',
      profile: 'Ihren Namen und Ihre Sprache',
      email: 'Ihre E-Mail-Adresse',
      offline_access: 'all das auch später noch, ohne dass Sie da sind',
    } as Record<string, string>,
    note: 'Ihr Passwort erfährt sie nicht. Unter „Datenschutz“ in Ihrem Konto nehmen Sie die Erlaubnis jederzeit zurück.',
    allow: 'Erlauben',
    deny: 'Ablehnen',
    working: 'Einen Augenblick, es geht gleich weiter.',
    goneTitle: 'Diese Anfrage gilt nicht mehr',
    gone: 'Gehen Sie zurück zur Anwendung und beginnen Sie dort noch einmal.',
  },
  logout: {
    title: 'Abmelden',
    lead: 'Danach sind Sie in diesem Browser abgemeldet.',
    askedBy: (client: string) => `${client} hat Sie abgemeldet. Möchten Sie sich auch hier abmelden?`,
    submit: 'Abmelden',
    stay: 'Angemeldet bleiben',
    doneTitle: 'Sie sind abgemeldet.',
    done: 'Bis zum nächsten Mal. Prost!',
  },
  forbidden: {
    title: 'Nur fürs Personal.',
    text: 'Hinter die Theke darf nur, wer hier arbeitet. Mit diesem Konto geht es hier nicht weiter.',
    enrolTitle: 'Erst der zweite Faktor',
    enrol:
      'Ihr Konto gehört zum Personal. Hinter die Theke geht es mit einem zweiten Faktor: einer App, die Codes anzeigt.',
    enrolAction: 'Jetzt einrichten',
    againTitle: 'Bitte mit zweitem Faktor anmelden',
    again: 'Diese Sitzung wurde ohne zweiten Faktor begonnen. Melden Sie sich ab und mit dem Code wieder an.',
    againAction: 'Neu anmelden',
  },
}
