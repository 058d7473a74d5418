/** Made by `pnpm types` from the OpenAPI document of services/cart. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Cart
         * @description A cart: its lines as they were first added, `count` the sum of their quantities.
         */
        Cart: {
            /**
             * Count
             * Format: int64
             */
            count: number;
            /** Expires At */
            expires_at: string | null;
            /** Lines */
            lines: components["schemas"]["CartLine"][];
            /**
             * Minimum Age
             * @enum {integer}
             */
            minimum_age: 0 | 16 | 18;
            /** Prices Changed */
            prices_changed: boolean;
            totals: components["schemas"]["Totals"];
        };
        /**
         * CartLine
         * @description So many of a variant: `unit_price` is that of now, `previous_price` the one seen where that differs.
         *
         *     Prices are gross; the deposit is apart, per unit and per line, and `price_per_litre` leaves it out.
         *     `image` is as the catalogue has it. `stock` is null while it is not known.
         */
        CartLine: {
            /** Money */
            deposit: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /**
             * Deposit Kind
             * @enum {string}
             */
            deposit_kind: "reusable" | "one_way" | "none";
            /** Image */
            image: {
                [key: string]: unknown;
            } | null;
            /** Money */
            line_deposit: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Money */
            line_total: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /**
             * Minimum Age
             * @enum {integer}
             */
            minimum_age: 0 | 16 | 18;
            /** Name */
            name: string;
            /** Previous Price */
            previous_price: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            } | null;
            /** Money */
            price_per_litre: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /**
             * Product Id
             * Format: uuid
             */
            product_id: string;
            /** Quantity */
            quantity: number;
            /** Sellable */
            sellable: boolean;
            /** Sku */
            sku: string;
            /** Slug */
            slug: string;
            stock: components["schemas"]["Stock"] | null;
            /** Money */
            unit_price: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            variant: components["schemas"]["Localized"];
            /**
             * Variant Id
             * Format: uuid
             */
            variant_id: string;
            /**
             * Vat Rate
             * @example 19.00
             */
            vat_rate: string;
        };
        /**
         * Localized
         * @description A text in the shop's two languages.
         */
        Localized: {
            /** De */
            de: string;
            /** En */
            en: string;
        };
        /**
         * Stock
         * @description Whether an item can be ordered, and how many of it at once, as far as customers are told.
         */
        Stock: {
            /**
             * Quantity
             * Format: int64
             */
            quantity: number;
            /**
             * State
             * @enum {string}
             */
            state: "in_stock" | "low" | "out";
        };
        /**
         * Totals
         * @description What it comes to; `total` is goods and deposit.
         */
        Totals: {
            /** Money */
            deposit: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Money */
            goods: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Money */
            total: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Vat */
            vat: components["schemas"]["Vat"][];
        };
        /**
         * Vat
         * @description What is taxed at a rate, deposits included, and the tax that is in it.
         */
        Vat: {
            /** Money */
            gross: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Money */
            net: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /**
             * Rate
             * @example 19.00
             */
            rate: string;
            /** Money */
            vat: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
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
