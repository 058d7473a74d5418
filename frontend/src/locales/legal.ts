import type { LegalPage } from '@/composables/useLinks'

import type { Locale } from '.'

type LegalText = { lead: string; sections: [heading: string, ...paragraphs: string[]][] }

/** The legal pages. They say plainly that this is a demonstration, and what an operator has to put in their place. */
export const legalTexts: Record<Locale, Record<LegalPage, LegalText>> = {
  de: {
    imprint: {
      lead: 'Prost ist ein Vorführladen. Er zeigt, was die Software kann, und verkauft nichts.',
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
          'Weil nichts verkauft wird, gibt es keine Verbraucherstreitigkeiten. Ein Betreiber erklärt an dieser Stelle, ob er an Verfahren vor einer Verbraucherschlichtungsstelle teilnimmt.',
        ],
      ],
    },
    privacy: {
      lead: 'Diese Seite beschreibt genau, was der Vorführladen speichert. Es ist wenig.',
      sections: [
        [
          'Was in Ihrem Browser liegt',
          'Ein Cookie „prost_locale“ merkt sich für ein Jahr die gewählte Sprache. Ein Eintrag „prost.theme“ im lokalen Speicher merkt sich helle oder dunkle Ansicht, sobald Sie eine wählen. Beides dient nur der Darstellung, die Sie gewünscht haben.',
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
      lead: 'In diesem Laden kann man nichts bestellen. Allgemeine Geschäftsbedingungen braucht es deshalb noch nicht.',
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
      lead: 'Wo nichts gekauft wird, gibt es nichts zu widerrufen. So wird es gehen, sobald man bestellen kann:',
      sections: [
        [
          'Das Widerrufsrecht',
          'Verbraucherinnen und Verbraucher können einen Kauf im Fernabsatz binnen vierzehn Tagen ohne Angabe von Gründen widerrufen. Die Frist beginnt mit dem Erhalt der Ware.',
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
      lead: 'Prost is a demonstration shop. It shows what the software can do and sells nothing.',
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
          'As nothing is sold there are no consumer disputes. An operator states here whether they take part in proceedings before a consumer arbitration board.',
        ],
      ],
    },
    privacy: {
      lead: 'This page says exactly what the demonstration shop stores. It is not much.',
      sections: [
        [
          'What lies in your browser',
          'A cookie “prost_locale” remembers the chosen language for a year. An entry “prost.theme” in local storage remembers light or dark once you choose one. Both only serve the appearance that you asked for.',
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
      lead: 'Nothing can be ordered in this shop, so it needs no terms and conditions yet.',
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
      lead: 'Where nothing is bought there is nothing to withdraw from. This is how it will work once orders are possible:',
      sections: [
        [
          'The right of withdrawal',
          'Consumers can withdraw from a distance purchase within fourteen days without giving reasons. The period begins when the goods are received.',
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
