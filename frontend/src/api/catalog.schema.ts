/** Made by `pnpm types` from the OpenAPI document of services/catalog. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Category
         * @description A shelf with the number of its products, those of the shelves below it included.
         */
        Category: {
            /**
             * Count
             * Format: int64
             */
            count: number;
            description: components["schemas"]["Localized"];
            image: components["schemas"]["Image"] | null;
            name: components["schemas"]["Localized"];
            /** Parent */
            parent: string | null;
            /**
             * Slug
             * @example weissbier
             */
            slug: string;
        };
        /**
         * CategoryList
         * @description All shelves in their order.
         */
        CategoryList: {
            /** Items */
            items: components["schemas"]["Category"][];
        };
        /**
         * Deposit
         * @description What is paid back when the containers come back.
         */
        Deposit: {
            /** Money */
            amount: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /**
             * Kind
             * @enum {string}
             */
            kind: "reusable" | "one_way" | "none";
        };
        /**
         * Facets
         * @description Counts of each filter's values under all other filters, most first.
         */
        Facets: {
            /** Alcohol Free */
            alcohol_free: components["schemas"]["FlagCount"][];
            /** Category */
            category: components["schemas"]["FacetValue"][];
            /** Deposit */
            deposit: components["schemas"]["FacetValue"][];
            /** Origin */
            origin: components["schemas"]["FacetValue"][];
            price: components["schemas"]["PriceRange"];
            /** Producer */
            producer: components["schemas"]["FacetValue"][];
            /** Style */
            style: components["schemas"]["FacetValue"][];
        };
        /**
         * FacetValue
         * @description How many products a filter value would show.
         */
        FacetValue: {
            /**
             * Count
             * Format: int64
             */
            count: number;
            label: components["schemas"]["Localized"];
            /** Value */
            value: string;
        };
        /**
         * FlagCount
         * @description How many products a switch would show.
         */
        FlagCount: {
            /**
             * Count
             * Format: int64
             */
            count: number;
            /**
             * Value
             * @constant
             */
            value: "true";
        };
        /**
         * Image
         * @description A picture with what to show until it is there.
         */
        Image: {
            alt: components["schemas"]["Localized"];
            /** Color */
            color: string;
            /** Sources */
            sources: components["schemas"]["ImageSource"][];
        };
        /**
         * ImageSource
         * @description One file of a picture; `width` in pixels.
         */
        ImageSource: {
            /** Type */
            type: string;
            /** Url */
            url: string;
            /**
             * Width
             * Format: int64
             */
            width: number;
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
         * Named
         * @description A shelf's address and name.
         */
        Named: {
            name: components["schemas"]["Localized"];
            /**
             * Slug
             * @example weissbier
             */
            slug: string;
        };
        /**
         * Origin
         * @description Where a product comes from; the country by its ISO 3166 code.
         */
        Origin: {
            /**
             * Country
             * @example DE
             */
            country: string;
            /** Region */
            region: string | null;
        };
        /**
         * OwnReview
         * @description A review as its author sees it, with where it stands.
         */
        OwnReview: {
            /** Author */
            author: string | null;
            /** Body */
            body: string;
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            created_at: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /**
             * Rating
             * Format: int64
             */
            rating: number;
            /**
             * State
             * @enum {string}
             */
            state: "PENDING" | "PUBLISHED" | "REJECTED";
            /** Title */
            title: string;
        };
        /**
         * PriceRange
         * @description The lowest and highest price on offer.
         */
        PriceRange: {
            /** Money */
            max: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Money */
            min: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
        };
        /** @description What went wrong, as in RFC 9457. */
        Problem: {
            /** @description The machine-readable kind of problem. */
            code: string;
            detail?: string;
            errors?: {
                code: string;
                /** @example query.page_size */
                field: string;
                message: string;
            }[];
            instance?: string;
            status: number;
            title: string;
            trace_id?: string;
            /** Format: uri */
            type: string;
        };
        /**
         * ProducerRef
         * @description A producer's address and name.
         */
        ProducerRef: {
            /** Name */
            name: string;
            /**
             * Slug
             * @example weissbier
             */
            slug: string;
        };
        /**
         * Product
         * @description A product on its own page, with what food law wants shown before purchase.
         */
        Product: {
            /** Alcohol By Volume */
            alcohol_by_volume: string | null;
            /** Alcohol Free */
            alcohol_free: boolean;
            /** Allergens */
            allergens: ("gluten_barley" | "gluten_wheat" | "gluten_rye" | "gluten_oats" | "gluten_spelt" | "sulphites" | "milk" | "eggs" | "fish" | "soy" | "nuts" | "peanuts" | "sesame" | "celery" | "mustard" | "lupin" | "crustaceans" | "molluscs")[];
            /** Available */
            available: boolean;
            category: components["schemas"]["Named"];
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            created_at: string;
            description: components["schemas"]["Localized"];
            /** Featured */
            featured: boolean;
            /** Id */
            id: string;
            image: components["schemas"]["Image"] | null;
            /** Images */
            images: components["schemas"]["Image"][];
            ingredients: components["schemas"]["Localized"] | null;
            /**
             * Minimum Age
             * @enum {integer}
             */
            minimum_age: 0 | 16 | 18;
            /** Name */
            name: string;
            origin: components["schemas"]["Origin"];
            producer: components["schemas"]["ProducerRef"];
            rating: components["schemas"]["Rating"];
            serving: components["schemas"]["Serving"] | null;
            /**
             * Slug
             * @example weissbier
             */
            slug: string;
            style: components["schemas"]["Named"] | null;
            tasting: components["schemas"]["Localized"];
            /**
             * Updated At
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            updated_at: string;
            /** Variants */
            variants: components["schemas"]["Variant"][];
        };
        /**
         * ProductCard
         * @description A product in a list.
         */
        ProductCard: {
            /** Alcohol By Volume */
            alcohol_by_volume: string | null;
            /** Alcohol Free */
            alcohol_free: boolean;
            /** Available */
            available: boolean;
            category: components["schemas"]["Named"];
            /** Featured */
            featured: boolean;
            /** Id */
            id: string;
            image: components["schemas"]["Image"] | null;
            /**
             * Minimum Age
             * @enum {integer}
             */
            minimum_age: 0 | 16 | 18;
            /** Name */
            name: string;
            origin: components["schemas"]["Origin"];
            producer: components["schemas"]["ProducerRef"];
            rating: components["schemas"]["Rating"];
            /**
             * Slug
             * @example weissbier
             */
            slug: string;
            style: components["schemas"]["Named"] | null;
            /** Variants */
            variants: components["schemas"]["Variant"][];
        };
        /**
         * ProductList
         * @description A page of products, how many there are in all, and the filters beside them.
         */
        ProductList: {
            facets: components["schemas"]["Facets"];
            /** Items */
            items: components["schemas"]["ProductCard"][];
            /** Next Page Token */
            next_page_token: string | null;
            /**
             * Total
             * Format: int64
             */
            total: number;
        };
        /**
         * Rating
         * @description The mean of all published ratings, 1 to 5, to one decimal place.
         */
        Rating: {
            /** Average */
            average: string | null;
            /**
             * Count
             * Format: int64
             */
            count: number;
        };
        /**
         * RatingSummary
         * @description How all published ratings are spread; the histogram is by number of stars.
         */
        RatingSummary: {
            /** Average */
            average: string | null;
            /**
             * Count
             * Format: int64
             */
            count: number;
            /** Histogram */
            histogram: {
                [key: string]: number;
            };
        };
        /**
         * Review
         * @description A published review.
         */
        Review: {
            /** Author */
            author: string | null;
            /** Body */
            body: string;
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            created_at: string;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /**
             * Rating
             * Format: int64
             */
            rating: number;
            /** Title */
            title: string;
        };
        /**
         * ReviewIn
         * @description What a customer says; `author` is the name to be shown with it.
         */
        ReviewIn: {
            /**
             * Author
             * @default null
             */
            author: string | null;
            /**
             * Body
             * @default
             */
            body: string;
            /** Rating */
            rating: number;
            /** Title */
            title: string;
        };
        /**
         * ReviewList
         * @description A page of published reviews, newest first.
         */
        ReviewList: {
            /** Items */
            items: components["schemas"]["Review"][];
            /** Next Page Token */
            next_page_token: string | null;
            summary: components["schemas"]["RatingSummary"];
            /**
             * Total
             * Format: int64
             */
            total: number;
        };
        /**
         * Serving
         * @description How a drink is served: temperatures in degrees Celsius, and the glass.
         */
        Serving: {
            /** @default null */
            glass: components["schemas"]["Localized"] | null;
            /**
             * Temperature Max C
             * @default null
             */
            temperature_max_c: number | null;
            /**
             * Temperature Min C
             * @default null
             */
            temperature_min_c: number | null;
        };
        /**
         * StaffReview
         * @description A review as staff sees it; the customer is null once their account is gone.
         */
        StaffReview: {
            /** Author */
            author: string | null;
            /** Body */
            body: string;
            /**
             * Created At
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            created_at: string;
            /** Customer Id */
            customer_id: string | null;
            /**
             * Id
             * Format: uuid
             */
            id: string;
            /** Moderated At */
            moderated_at: string | null;
            /** Moderated By */
            moderated_by: string | null;
            /**
             * Product Id
             * Format: uuid
             */
            product_id: string;
            /**
             * Rating
             * Format: int64
             */
            rating: number;
            /**
             * State
             * @enum {string}
             */
            state: "PENDING" | "PUBLISHED" | "REJECTED";
            /** Title */
            title: string;
        };
        /**
         * StaffReviewList
         * @description A page of reviews in one state, oldest first.
         */
        StaffReviewList: {
            /** Items */
            items: components["schemas"]["StaffReview"][];
            /** Next Page Token */
            next_page_token: string | null;
        };
        /**
         * Suggestion
         * @description A way to go on from what was typed.
         */
        Suggestion: {
            image: components["schemas"]["Image"] | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "product" | "category" | "producer";
            label: components["schemas"]["Localized"];
            /**
             * Slug
             * @example weissbier
             */
            slug: string;
        };
        /**
         * SuggestionList
         * @description Suggestions, best first.
         */
        SuggestionList: {
            /** Items */
            items: components["schemas"]["Suggestion"][];
        };
        /**
         * Variant
         * @description A product in one vessel and pack: `volume_ml` of one container, `pack_size` containers, gross price.
         *
         *     The price per litre leaves the deposit out. `lowest_price_30_days` is that before a reduction.
         */
        Variant: {
            /** Available */
            available: boolean;
            deposit: components["schemas"]["Deposit"];
            /** Id */
            id: string;
            /** Lowest Price 30 Days */
            lowest_price_30_days: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            } | null;
            name: components["schemas"]["Localized"];
            /**
             * Pack Size
             * Format: int64
             */
            pack_size: number;
            /** Previous Price */
            previous_price: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            } | null;
            /** Money */
            price: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /** Money */
            price_per_litre: {
                /** @example 12.90 */
                amount: string;
                currency: string;
            };
            /**
             * Sku
             * @example AUG-HELL-050
             */
            sku: string;
            /** Vat Rate */
            vat_rate: string;
            /**
             * Vessel
             * @enum {string}
             */
            vessel: "bottle" | "can" | "crate" | "keg" | "carton";
            /**
             * Volume Ml
             * Format: int64
             */
            volume_ml: number;
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
