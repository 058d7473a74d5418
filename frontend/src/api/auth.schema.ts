/** Made by `pnpm types` from the OpenAPI document of services/auth. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Address
         * @description An address as it is kept.
         */
        Address: {
            /** City */
            city: string;
            /** Country */
            country: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Is Default */
            is_default: boolean;
            /** Name */
            name: string;
            /** Postal Code */
            postal_code: string;
            /** Street */
            street: string;
        };
        /**
         * AddressChange
         * @description What is to change in an address. It becomes the default by true; false is no change.
         */
        AddressChange: {
            /**
             * City
             * @default null
             */
            city: string | null;
            /**
             * Country
             * @default null
             */
            country: string | null;
            /**
             * Is Default
             * @default null
             */
            is_default: boolean | null;
            /**
             * Name
             * @default null
             */
            name: string | null;
            /**
             * Postal Code
             * @default null
             */
            postal_code: string | null;
            /**
             * Street
             * @default null
             */
            street: string | null;
        };
        /**
         * ApplicationShown
         * @description An application as people get to see it.
         */
        ApplicationShown: {
            /** Name */
            name: string;
            /** Uri */
            uri: string | null;
        };
        /**
         * AuthorizationShown
         * @description What an application asks of somebody; `max_age_passed`: they have to sign in again before.
         */
        AuthorizationShown: {
            client: components["schemas"]["ApplicationShown"];
            /** Login Hint */
            login_hint: string | null;
            /** Max Age Passed */
            max_age_passed: boolean;
            /** Needs Consent */
            needs_consent: boolean;
            /** Prompt */
            prompt: string | null;
            /** Scopes */
            scopes: ("openid" | "profile" | "email" | "offline_access")[];
        };
        /**
         * ConsentList
         * @description All of it, the latest first.
         */
        ConsentList: {
            /** Items */
            items: components["schemas"]["ConsentShown"][];
            /**
             * Next Page Token
             * @default null
             */
            next_page_token: string | null;
        };
        /**
         * ConsentShown
         * @description What somebody has allowed an application.
         */
        ConsentShown: {
            /** Client Id */
            client_id: string;
            /**
             * Granted At
             * Format: date-time
             */
            granted_at: string;
            /** Name */
            name: string;
            /** Scopes */
            scopes: ("openid" | "profile" | "email" | "offline_access")[];
        };
        /**
         * Credentials
         * @description An address, its account's password, and the code of a second factor where there is one.
         */
        Credentials: {
            /**
             * Email
             * @example anna@example.com
             */
            email: string;
            /**
             * Password
             * Format: password
             */
            password: string;
            /**
             * Totp
             * @default null
             */
            totp: string | null;
        };
        /**
         * EnrolmentSecret
         * @description What an authenticator app needs: typed in, or read from a picture of `uri`.
         */
        EnrolmentSecret: {
            /** Secret */
            secret: string;
            /** Uri */
            uri: string;
        };
        /**
         * ExternalIdentity
         * @description An account elsewhere that one can sign in with.
         */
        ExternalIdentity: {
            /** Email */
            email: string;
            /** Provider */
            provider: string;
        };
        /**
         * GoTo
         * @description Where the browser goes now; null: nowhere else.
         */
        GoTo: {
            /** Redirect To */
            redirect_to: string | null;
        };
        /**
         * LogoutShown
         * @description Who wants somebody to be signed out; they are asked without an ID token of their session.
         */
        LogoutShown: {
            client: components["schemas"]["ApplicationShown"] | null;
            /** Needs Confirmation */
            needs_confirmation: boolean;
        };
        /**
         * Me
         * @description One's own account: `roles` are all, `active_roles` those of the token that asked.
         */
        Me: {
            /** Active Roles */
            active_roles: ("customer" | "support" | "catalog-manager" | "admin")[];
            /** Addresses */
            addresses: components["schemas"]["Address"][];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Email */
            email: string;
            /** Email Verified */
            email_verified: boolean;
            /** External */
            external: components["schemas"]["ExternalIdentity"][];
            /** Has Password */
            has_password: boolean;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /**
             * Language
             * @enum {string}
             */
            language: "de" | "en";
            /** Marketing Consent */
            marketing_consent: boolean;
            /** Name */
            name: string;
            /** Roles */
            roles: ("customer" | "support" | "catalog-manager" | "admin")[];
            second_factor: components["schemas"]["SecondFactor"];
        };
        /**
         * NewAddress
         * @description An address to be kept; the first one is the default in any case.
         */
        NewAddress: {
            /** City */
            city: string;
            /**
             * Country
             * @example DE
             */
            country: string;
            /**
             * Is Default
             * @default false
             */
            is_default: boolean;
            /** Name */
            name: string;
            /**
             * Postal Code
             * @example 80331
             */
            postal_code: string;
            /** Street */
            street: string;
        };
        /**
         * ProfileChange
         * @description What is to change; null is no change.
         */
        ProfileChange: {
            /**
             * Language
             * @default null
             */
            language: ("de" | "en") | null;
            /**
             * Marketing Consent
             * @default null
             */
            marketing_consent: boolean | null;
            /**
             * Name
             * @default null
             */
            name: string | null;
        };
        /**
         * ProviderList
         * @description All of them.
         */
        ProviderList: {
            /** Items */
            items: components["schemas"]["ProviderShown"][];
            /**
             * Next Page Token
             * @default null
             */
            next_page_token: string | null;
        };
        /**
         * ProviderShown
         * @description A provider: its name in addresses, and the one that people know.
         */
        ProviderShown: {
            /** Name */
            name: string;
            /** Provider */
            provider: string;
        };
        /**
         * RecoveryCodes
         * @description Codes that each stand in for the app once; they are shown only now.
         */
        RecoveryCodes: {
            /** Recovery Codes */
            recovery_codes: string[];
        };
        /**
         * SecondFactor
         * @description Whether there is one, and whether the account's roles need one.
         */
        SecondFactor: {
            /** Enrolled */
            enrolled: boolean;
            /** Required */
            required: boolean;
        };
        /**
         * SecurityEvent
         * @description What happened, to which account, from where.
         */
        SecurityEvent: {
            /** Account Id */
            account_id: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Detail */
            detail: {
                [key: string]: unknown;
            };
            /** Device */
            device: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Ip */
            ip: string;
            /** Kind */
            kind: string;
        };
        /**
         * SecurityEventList
         * @description A page of security events, newest first.
         */
        SecurityEventList: {
            /** Items */
            items: components["schemas"]["SecurityEvent"][];
            /** Next Page Token */
            next_page_token: string | null;
        };
        /**
         * Session
         * @description Somewhere one is signed in; `client` is null for the shop itself.
         */
        Session: {
            /** Client */
            client: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Current */
            current: boolean;
            /** Device */
            device: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Ip */
            ip: string;
            /**
             * Last Used At
             * Format: date-time
             */
            last_used_at: string;
        };
        /**
         * SessionList
         * @description All sessions that can go on, the one used last first.
         */
        SessionList: {
            /** Items */
            items: components["schemas"]["Session"][];
        };
        /**
         * SignUp
         * @description What somebody who wants an account says.
         */
        SignUp: {
            /**
             * Email
             * @example anna@example.com
             */
            email: string;
            /**
             * Language
             * @default de
             * @enum {string}
             */
            language: "de" | "en";
            /**
             * Marketing Consent
             * @default false
             */
            marketing_consent: boolean;
            /** Name */
            name: string;
            /**
             * Password
             * Format: password
             */
            password: string;
        };
        /**
         * StaffAccount
         * @description An account as staff sees it.
         */
        StaffAccount: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Email */
            email: string;
            /** Email Verified */
            email_verified: boolean;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Name */
            name: string;
            /** Roles */
            roles: ("customer" | "support" | "catalog-manager" | "admin")[];
            /** Second Factor */
            second_factor: boolean;
            /**
             * State
             * @enum {string}
             */
            state: "ACTIVE" | "LOCKED" | "DELETED";
        };
        /**
         * StaffAccountList
         * @description A page of accounts, newest first.
         */
        StaffAccountList: {
            /** Items */
            items: components["schemas"]["StaffAccount"][];
            /** Next Page Token */
            next_page_token: string | null;
        };
        /**
         * TokenAnswer
         * @description An access token and the seconds for which it is good; the refresh token is in a cookie.
         */
        TokenAnswer: {
            /** Access Token */
            access_token: string;
            /**
             * Expires In
             * Format: int64
             */
            expires_in: number;
            /**
             * Token Type
             * @default Bearer
             * @constant
             */
            token_type: "Bearer";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
