/** Made by `pnpm types` from the OpenAPI document of services/orders. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Address
         * @description Where an order goes.
         */
        Address: {
            /** City */
            city: string;
            /** Country */
            country: string;
            /** Name */
            name: string;
            /** Postal Code */
            postal_code: string;
            /** Street */
            street: string;
        };
        /**
         * AddressOut
         * @description Where an order goes.
         */
        AddressOut: {
            /** City */
            city: string;
            /** Country */
            country: string;
            /** Name */
            name: string;
            /** Postal Code */
            postal_code: string;
            /** Street */
            street: string;
        };
        /**
         * CanOut
         * @description What its customer can do with an order now; `pay` is to pay it again when a payment has failed.
         */
        CanOut: {
            /** Cancel */
            cancel: boolean;
            /** Pay */
            pay: boolean;
            /** Withdraw */
            withdraw: boolean;
        };
        /**
         * EntryOut
         * @description What happened to an order, and when.
         */
        EntryOut: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Detail */
            detail: string | null;
            /** Event */
            event: string;
        };
        /**
         * LineOut
         * @description So many of a variant, as it was sold.
         */
        LineOut: {
            /** Money */
            deposit: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
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
            /** Name */
            name: string;
            /**
             * Product Id
             * Format: uuid
             */
            product_id: string;
            /**
             * Quantity
             * Format: int64
             */
            quantity: number;
            /** Sku */
            sku: string;
            /** Slug */
            slug: string;
            /** Money */
            unit_price: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Variant */
            variant: {
                [key: string]: unknown;
            };
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
         * NewOrder
         * @description What is ordered is in the cart, and what it costs is in the catalogue: neither is asked for here.
         */
        NewOrder: {
            /**
             * Age Confirmed
             * @default false
             */
            age_confirmed: boolean;
            /**
             * Email
             * @default null
             */
            email: string | null;
            /** Payment Method */
            payment_method: string;
            shipping_address: components["schemas"]["Address"];
            /** Shipping Method */
            shipping_method: string;
            /**
             * Voucher
             * @default null
             */
            voucher: string | null;
        };
        /**
         * NewPayment
         * @description By what an order is paid, when a payment of it has failed; what it costs stays what it was.
         */
        NewPayment: {
            /** Payment Method */
            payment_method: string;
        };
        /**
         * OrderOut
         * @description An order. `guest_key` is told once, to the guest who placed it.
         */
        OrderOut: {
            can: components["schemas"]["CanOut"];
            /** Confirmed At */
            confirmed_at: string | null;
            /** Money */
            deposit: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Money */
            discount: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Email */
            email: string | null;
            /**
             * Guest Key
             * @default null
             */
            guest_key: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Lines */
            lines: components["schemas"]["LineOut"][];
            /** Number */
            number: string;
            payment: components["schemas"]["PaymentOut"];
            /**
             * Placed At
             * Format: date-time
             */
            placed_at: string;
            /** Returns */
            returns: components["schemas"]["ReturnOut"][];
            /** Money */
            shipping: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            shipping_address: components["schemas"]["AddressOut"] | null;
            /** Shipping Method */
            shipping_method: string;
            /** Shortages */
            shortages: components["schemas"]["ShortageOut"][] | null;
            state: components["schemas"]["OrderState"];
            /** Money */
            subtotal: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Timeline */
            timeline: components["schemas"]["EntryOut"][];
            /** Money */
            total: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Vat */
            vat: components["schemas"]["VatOut"][];
            /** Voucher */
            voucher: string | null;
        };
        /**
         * OrdersPage
         * @description Orders, newest first; `next_page_token` is null on the last page.
         */
        OrdersPage: {
            /** Items */
            items: components["schemas"]["OrderOut"][];
            /** Next Page Token */
            next_page_token: string | null;
        };
        /**
         * OrderState
         * @description Where an order stands.
         * @enum {string}
         */
        OrderState: "PLACED" | "RESERVED" | "AWAITING_PAYMENT" | "AUTHORIZED" | "CONFIRMED" | "SHIPPED" | "DELIVERED" | "REJECTED" | "PAYMENT_FAILED" | "EXPIRED" | "CANCELLED" | "RETURNED";
        /**
         * PaymentOut
         * @description What has become of the money; `redirect_url` is where the customer has to go before it is paid.
         *
         *     Until `expires_at` an order that is not paid yet holds its goods; null once it holds none.
         */
        PaymentOut: {
            /** Expires At */
            expires_at: string | null;
            /** Method */
            method: string;
            /** Redirect Url */
            redirect_url: string | null;
            state: components["schemas"]["PaymentState"];
        };
        /**
         * PaymentState
         * @description What has become of the money, as far as orders knows.
         * @enum {string}
         */
        PaymentState: "NONE" | "ACTION_REQUIRED" | "UNKNOWN" | "AUTHORIZED" | "CAPTURED" | "PARTIALLY_REFUNDED" | "REFUNDED" | "VOIDED" | "FAILED";
        /**
         * QuotedLineOut
         * @description What a line costs: the goods, its share of the discount, and its deposit.
         */
        QuotedLineOut: {
            /** Money */
            discount: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
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
             * Quantity
             * Format: int64
             */
            quantity: number;
            /**
             * Variant Id
             * Format: uuid
             */
            variant_id: string;
            /** Vat Rate */
            vat_rate: string;
        };
        /**
         * QuoteIn
         * @description What is in the cart is priced; of the rest, an order's body may be sent as it is known so far.
         */
        QuoteIn: {
            /**
             * Age Confirmed
             * @default false
             */
            age_confirmed: boolean;
            /**
             * Email
             * @default null
             */
            email: string | null;
            /** @default null */
            shipping_address: components["schemas"]["Address"] | null;
            /**
             * Shipping Method
             * @default standard
             */
            shipping_method: string;
            /**
             * Voucher
             * @default null
             */
            voucher: string | null;
        };
        /**
         * QuoteOut
         * @description What an order would cost now.
         */
        QuoteOut: {
            /** Money */
            deposit: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Money */
            discount: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Lines */
            lines: components["schemas"]["QuotedLineOut"][];
            /**
             * Minimum Age
             * Format: int64
             */
            minimum_age: number;
            /** Money */
            shipping: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Shipping Method */
            shipping_method: string;
            /** Money */
            subtotal: {
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
            vat: components["schemas"]["VatOut"][];
            /** Voucher */
            voucher: string | null;
        };
        /**
         * Receipt
         * @description That a withdrawal came in, what it says, and the date and time of its receipt (BGB 356a).
         */
        Receipt: {
            /** Lines */
            lines: components["schemas"]["ReturnedLineOut"][];
            /**
             * Order Id
             * Format: uuid
             */
            order_id: string;
            /** Order Number */
            order_number: string;
            /** Reason */
            reason: string | null;
            /**
             * Received At
             * Format: date-time
             */
            received_at: string;
            /** Money */
            refund: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /**
             * Return Id
             * Format: uuid
             */
            return_id: string;
            /** Money */
            shipping: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
        };
        /**
         * ReturnedLineOut
         * @description So many of a variant that come back, with their share of the discount, and their deposit.
         */
        ReturnedLineOut: {
            /** Money */
            discount: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
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
             * Quantity
             * Format: int64
             */
            quantity: number;
            /** Sku */
            sku: string;
            /**
             * Variant Id
             * Format: uuid
             */
            variant_id: string;
        };
        /**
         * ReturnLine
         * @description So many of a variant.
         */
        ReturnLine: {
            /** Quantity */
            quantity: number;
            /**
             * Variant Id
             * Format: uuid
             */
            variant_id: string;
        };
        /**
         * ReturnOut
         * @description What a customer has withdrawn from; its money is on its way once it is DONE, with a credit note.
         */
        ReturnOut: {
            /** Credit Note */
            credit_note: string | null;
            /** Lines */
            lines: components["schemas"]["ReturnedLineOut"][];
            /** Reason */
            reason: string | null;
            /**
             * Received At
             * Format: date-time
             */
            received_at: string;
            /** Money */
            refund: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /**
             * Return Id
             * Format: uuid
             */
            return_id: string;
            /** Money */
            shipping: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /**
             * State
             * @enum {string}
             */
            state: "OPEN" | "DONE";
        };
        /**
         * ShippingMethodOut
         * @description A way of sending an order; it is free from so much worth of goods where `free_from` is not null.
         */
        ShippingMethodOut: {
            /** Free From */
            free_from: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            } | null;
            /** Method */
            method: string;
            /** Money */
            price: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
        };
        /**
         * ShippingMethods
         * @description All of them.
         */
        ShippingMethods: {
            /** Items */
            items: components["schemas"]["ShippingMethodOut"][];
        };
        /**
         * ShortageOut
         * @description What there was too little of.
         */
        ShortageOut: {
            /**
             * Available
             * Format: int64
             */
            available: number;
            /**
             * Requested
             * Format: int64
             */
            requested: number;
            /** Sku */
            sku: string;
        };
        /**
         * VatOut
         * @description The VAT that is in the total, by rate.
         */
        VatOut: {
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
            /** Rate */
            rate: string;
            /** Money */
            vat: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
        };
        /**
         * WithdrawalIn
         * @description What somebody withdraws from: all that there is left, or these lines. Nobody has to give a reason.
         */
        WithdrawalIn: {
            /**
             * Lines
             * @default null
             */
            lines: components["schemas"]["ReturnLine"][] | null;
            /**
             * Reason
             * @default null
             */
            reason: string | null;
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
