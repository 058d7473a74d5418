import type { LegalPage } from '@/composables/useLinks'

import type { Locale } from '.'

type LegalText = { lead: string; sections: [heading: string, ...paragraphs: string[]][] }

/** The legal pages. They say plainly that this is a demonstration, and what an operator has to put in their place. */
export const legalTexts: Record<Locale, Record<LegalPage, LegalText>> = {
  de: {
    imprint: {
      lead: 'Prost ist ein Vorführladen. Bestellt wird nur zum Schein: niemand bezahlt etwas, und nichts wird geliefert.',
      sections: [
        [
          'Wer dahintersteht',
          'Dieser Laden ist das Schaufenster des quelloffenen Projekts Prost. Hinter ihm steht kein Unternehmen, und es kommt kein Kaufvertrag zustande.',
          'Wer die Software für einen eigenen Laden einsetzt, trägt hier seine Angaben nach § 5 DDG ein: Name und Anschrift, Vertretungsberechtigte, E-Mail und Telefon, Registereintrag und Umsatzsteuer-Identifikationsnummer.',
        ],
        [
          'Erfundenes Sortiment',
          'Getränke, Erzeuger, Preise und Bewertungen sind Beispieldaten. Ähnlichkeiten mit wirklichen Marken sind nicht beabsichtigt. Die Bilder hat das Projekt selbst gezeichnet.',
        ],
        [
          'Streitbeilegung',
          'Weil nichts wirklich verkauft wird, gibt es keine Verbraucherstreitigkeiten. Ein Betreiber erklärt an dieser Stelle, ob er an Verfahren vor einer Verbraucherschlichtungsstelle teilnimmt.',
        ],
      ],
    },
    privacy: {
      lead: 'Diese Seite beschreibt genau, was der Vorführladen speichert. Es ist wenig.',
      sections: [
        [
          'Was in Ihrem Browser liegt',
          'Ein Cookie „prost_locale“ merkt sich für ein Jahr die gewählte Sprache. Ein Eintrag „prost.theme“ im lokalen Speicher merkt sich helle oder dunkle Ansicht, sobald Sie eine wählen. Beides dient nur der Darstellung, die Sie gewünscht haben.',
          'Legen Sie etwas in den Warenkorb, kommen dazu: ein Cookie „prost_cart“, das Skripte nicht lesen können und das Ihren Korb 30 Tage lang wiederfindet, und ein Eintrag „prost.cart“ im lokalen Speicher mit der Zahl der Artikel. Was Sie an der Kasse eingeben, bleibt unter „prost.checkout“ und der Schlüssel zu einer Bestellung als Gast unter „prost.order“ in diesem Tab, bis Sie ihn schließen.',
          'Wenn Sie sich anmelden, kommen dazu: ein Cookie „prost-refresh“, das Skripte nicht lesen können und das Sie bis zu 30 Tage angemeldet hält, und drei Einträge im lokalen Speicher, „prost.signed-in“ und kurzzeitig „prost.renewing“ und „prost.renewal“, durch die sich mehrere Tabs abstimmen. Beim Abmelden verschwinden sie. Melden Sie sich über einen anderen Anbieter an, erkennt Sie ein Cookie „prost-external“ für den Weg dorthin und zurück wieder. Wer sich nie anmeldet, hat nichts davon.',
        ],
        [
          'Was Ihr Konto enthält',
          'Name, E-Mail-Adresse, ein Passwort als nicht umkehrbarer Wert, Sprache, Ihre Adressen, ob Sie Neuigkeiten wünschen, und Ihre Bewertungen. Dazu die angemeldeten Geräte und ein Protokoll der Sicherheitsereignisse mit IP-Adresse und Browsername.',
          'In Ihrem Konto unter „Datenschutz“ nehmen Sie alles davon als Datei mit oder löschen es. Ihre Bewertungen bleiben dann ohne Namen stehen.',
        ],
        [
          'Was der Server sieht',
          'Wie jeder Webserver verarbeitet auch dieser beim Aufruf Ihre IP-Adresse, die abgerufene Adresse, Zeitpunkt und Browserkennung. Der Betreiber der jeweiligen Installation entscheidet, wie lange Protokolle aufbewahrt werden, und muss es hier angeben.',
        ],
        [
          'Was es hier nicht gibt',
          'Keine Analyse-Dienste, keine Werbung, keine eingebetteten fremden Inhalte. Die Schrift liegt auf demselben Server wie die Seite.',
        ],
        [
          'Ihre Rechte',
          'Auskunft, Berichtigung, Löschung, Einschränkung, Übertragbarkeit und Widerspruch nach Art. 15 bis 21 DSGVO richten sich an den Betreiber der Installation. Er nennt hier seine Anschrift und die zuständige Aufsichtsbehörde.',
        ],
      ],
    },
    terms: {
      lead: 'In diesem Laden wird zum Schein bestellt, mit Testkarten. Ein Vertrag kommt dabei nicht zustande.',
      sections: [
        ['Kein Angebot', 'Die gezeigten Getränke und Preise sind Beispiele und kein Angebot im Rechtssinn.'],
        [
          'Preise und Pfand',
          'Alle Preise sind Endpreise in Euro einschließlich Mehrwertsteuer. Der Literpreis wird ohne Pfand gerechnet. Das Pfand steht gesondert und wird bei Rückgabe erstattet. Bei Ermäßigungen steht der niedrigste Preis der letzten 30 Tage dabei.',
        ],
        [
          'Jugendschutz',
          'Bier, Wein und Schaumwein sind ab 16 Jahren, Spirituosen ab 18 Jahren gekennzeichnet. Ein Betreiber prüft das Alter bei der Bestellung und an der Tür.',
        ],
        [
          'Für Betreiber',
          'Wer mit der Software verkauft, legt hier eigene, rechtlich geprüfte Bedingungen ab.',
        ],
      ],
    },
    withdrawal: {
      lead: 'Hier wird nur zum Schein bestellt. So wie bei jeder Bestellung in diesem Laden geht es auch mit dem Widerruf:',
      sections: [
        [
          'Das Widerrufsrecht',
          'Verbraucherinnen und Verbraucher können einen Kauf im Fernabsatz binnen vierzehn Tagen ohne Angabe von Gründen widerrufen. Die Frist beginnt mit dem Erhalt der Ware.',
          'Auf der Seite jeder Bestellung steht „Vertrag widerrufen“. Sie wählen, was zurück soll, und bestätigen den Widerruf in einem zweiten Schritt. Die Eingangsbestätigung mit Datum und Uhrzeit lässt sich sichern.',
        ],
        [
          'Ausnahmen',
          'Nicht widerrufen lässt sich der Kauf von Waren, die schnell verderben oder deren Versiegelung aus Gründen der Hygiene oder des Gesundheitsschutzes nach der Lieferung entfernt wurde.',
        ],
        [
          'Für Betreiber',
          'Hier gehören die Widerrufsbelehrung, das Muster-Widerrufsformular und die elektronische Widerrufsfunktion nach § 356a BGB hin.',
        ],
      ],
    },
  },
  en: {
    imprint: {
      lead: 'Prost is a demonstration shop. Orders are make-believe: nobody pays anything, and nothing is delivered.',
      sections: [
        [
          'Who is behind it',
          'This shop is the window of the open-source project Prost. No company stands behind it, and no contract of sale comes about.',
          'Whoever runs a shop of their own on the software puts their particulars here, as German law asks (section 5 DDG): name and address, representatives, e-mail and telephone, register entry and VAT number.',
        ],
        [
          'Invented range',
          'Drinks, producers, prices and reviews are sample data. Any likeness to real brands is unintended. The project drew the pictures itself.',
        ],
        [
          'Dispute resolution',
          'As nothing is really sold there are no consumer disputes. An operator states here whether they take part in proceedings before a consumer arbitration board.',
        ],
      ],
    },
    privacy: {
      lead: 'This page says exactly what the demonstration shop stores. It is not much.',
      sections: [
        [
          'What lies in your browser',
          'A cookie “prost_locale” remembers the chosen language for a year. An entry “prost.theme” in local storage remembers light or dark once you choose one. Both only serve the appearance that you asked for.',
          'When you put something into the cart these are added: a cookie “prost_cart”, which scripts cannot read and which finds your cart again for 30 days, and an entry “prost.cart” in local storage with the number of items. What you enter at the checkout stays under “prost.checkout”, and the key to an order as a guest under “prost.order”, in this tab until you close it.',
          'When you sign in these are added: a cookie “prost-refresh”, which scripts cannot read and which keeps you signed in for up to 30 days, and three entries in local storage, “prost.signed-in” and briefly “prost.renewing” and “prost.renewal”, by which several tabs come to terms. They disappear when you sign out. If you sign in with another provider, a cookie “prost-external” knows you again for the way there and back. Whoever never signs in has none of them.',
        ],
        [
          'What your account holds',
          'Name, e-mail address, a password as a value that cannot be reversed, language, your addresses, whether you would like news, and your reviews. Further the signed-in devices and a log of security events with IP address and browser name.',
          'In your account under “Privacy” you take all of it along as a file or delete it. Your reviews then stay without a name.',
        ],
        [
          'What the server sees',
          'Like every web server this one processes your IP address, the address asked for, the time and the browser’s name. The operator of an installation decides how long logs are kept and must state it here.',
        ],
        [
          'What there is not',
          'No analytics services, no advertising, no embedded content of others. The typeface lies on the same server as the page.',
        ],
        [
          'Your rights',
          'Access, rectification, erasure, restriction, portability and objection under articles 15 to 21 GDPR are addressed to the operator of the installation, who names their address and the supervisory authority here.',
        ],
      ],
    },
    terms: {
      lead: 'Orders in this shop are make-believe, with test cards. No contract comes about.',
      sections: [
        ['No offer', 'The drinks and prices shown are examples and no offer in the legal sense.'],
        [
          'Prices and deposit',
          'All prices are final prices in euros including VAT. The price per litre is reckoned without the deposit. The deposit is stated separately and refunded on return. Reductions are shown with the lowest price of the last 30 days.',
        ],
        [
          'Protection of minors',
          'Beer, wine and sparkling wine are marked as 16 and over, spirits as 18 and over. An operator checks the age when an order is placed and at the door.',
        ],
        ['For operators', 'Whoever sells with the software puts their own, legally reviewed terms here.'],
      ],
    },
    withdrawal: {
      lead: 'Orders here are make-believe. Withdrawing from one works as it would in earnest:',
      sections: [
        [
          'The right of withdrawal',
          'Consumers can withdraw from a distance purchase within fourteen days without giving reasons. The period begins when the goods are received.',
          'The page of each order says “Withdraw from the contract”. You choose what should go back and confirm the withdrawal in a second step. The confirmation of receipt, with date and time, can be saved.',
        ],
        [
          'Exceptions',
          'There is no withdrawal for goods that spoil quickly, or whose seal was removed after delivery where this is unsuitable for reasons of hygiene or health.',
        ],
        [
          'For operators',
          'This is the place for the instructions on withdrawal, the model form and the electronic withdrawal function under section 356a of the German Civil Code.',
        ],
      ],
    },
  },
}
