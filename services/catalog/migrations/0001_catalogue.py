"""Shelves, products, variants, prices, pictures, reviews, and the cards that lists are made of."""

from peewee import PostgresqlDatabase
from playhouse.migrate import SchemaMigrator

TABLES = """
CREATE TABLE media (
    id uuid PRIMARY KEY,
    content_hash varchar(64) NOT NULL UNIQUE CHECK (content_hash ~ '^[0-9a-f]{16,64}$'),
    color varchar(7) NOT NULL CHECK (color ~ '^#[0-9a-f]{6}$'),
    widths integer[] NOT NULL CHECK (cardinality(widths) > 0),
    formats text[] NOT NULL CHECK (cardinality(formats) > 0)
);

CREATE TABLE categories (
    id uuid PRIMARY KEY,
    slug varchar(120) NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    parent_id uuid REFERENCES categories ON DELETE RESTRICT CHECK (parent_id <> id),
    name_de varchar(80) NOT NULL,
    name_en varchar(80) NOT NULL,
    description_de text NOT NULL DEFAULT '',
    description_en text NOT NULL DEFAULT '',
    position integer NOT NULL DEFAULT 0,
    image_id uuid REFERENCES media ON DELETE RESTRICT
);
CREATE INDEX categories_parent_id ON categories (parent_id);
CREATE INDEX categories_image_id ON categories (image_id);

CREATE TABLE producers (
    id uuid PRIMARY KEY,
    slug varchar(120) NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name varchar(120) NOT NULL,
    country varchar(2) NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    region varchar(80)
);

CREATE TABLE styles (
    id uuid PRIMARY KEY,
    slug varchar(120) NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name_de varchar(80) NOT NULL,
    name_en varchar(80) NOT NULL
);

CREATE TABLE products (
    id uuid PRIMARY KEY,
    slug varchar(120) NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name varchar(160) NOT NULL CHECK (length(name) > 0),
    state varchar(16) NOT NULL CHECK (state IN ('DRAFT', 'PUBLISHED', 'ARCHIVED')),
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    category_id uuid NOT NULL REFERENCES categories ON DELETE RESTRICT,
    producer_id uuid NOT NULL REFERENCES producers ON DELETE RESTRICT,
    style_id uuid REFERENCES styles ON DELETE RESTRICT,
    country varchar(2) NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    region varchar(80),
    alcohol_by_volume numeric(4, 1) CHECK (alcohol_by_volume BETWEEN 0 AND 96),
    minimum_age smallint NOT NULL CHECK (minimum_age IN (0, 16, 18)),
    vat_rate numeric(4, 2) NOT NULL CHECK (vat_rate BETWEEN 0 AND 50),
    featured boolean NOT NULL DEFAULT false,
    description_de text NOT NULL DEFAULT '',
    description_en text NOT NULL DEFAULT '',
    tasting_de text NOT NULL DEFAULT '',
    tasting_en text NOT NULL DEFAULT '',
    ingredients_de text,
    ingredients_en text,
    allergens text[] NOT NULL DEFAULT '{}',
    serving jsonb,
    rating_sum integer NOT NULL DEFAULT 0,
    rating_count integer NOT NULL DEFAULT 0 CHECK (rating_count >= 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT products_age_fits_strength CHECK (
        minimum_age >= CASE
            WHEN alcohol_by_volume > 22 THEN 18
            WHEN alcohol_by_volume > 1.2 THEN 16
            ELSE 0
        END
    ),
    CONSTRAINT products_ratings_add_up CHECK (rating_sum BETWEEN rating_count AND 5 * rating_count),
    CONSTRAINT products_allergens_known CHECK (
        allergens <@ ARRAY['gluten_barley', 'gluten_wheat', 'gluten_rye', 'gluten_oats', 'gluten_spelt',
                           'sulphites', 'milk', 'eggs', 'fish', 'soy', 'nuts', 'peanuts', 'sesame', 'celery',
                           'mustard', 'lupin', 'crustaceans', 'molluscs']
    )
);
CREATE INDEX products_state ON products (state, id);
CREATE INDEX products_category_id ON products (category_id);
CREATE INDEX products_producer_id ON products (producer_id);
CREATE INDEX products_style_id ON products (style_id);

CREATE TABLE variants (
    id uuid PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES products ON DELETE CASCADE,
    sku varchar(40) NOT NULL UNIQUE CHECK (sku ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$'),
    name_de varchar(80) NOT NULL,
    name_en varchar(80) NOT NULL,
    volume_ml integer NOT NULL CHECK (volume_ml BETWEEN 10 AND 100000),
    pack_size integer NOT NULL DEFAULT 1 CHECK (pack_size BETWEEN 1 AND 100),
    vessel varchar(16) NOT NULL CHECK (vessel IN ('bottle', 'can', 'crate', 'keg', 'carton')),
    deposit_kind varchar(16) NOT NULL CHECK (deposit_kind IN ('reusable', 'one_way', 'none')),
    deposit_minor integer NOT NULL DEFAULT 0,
    available boolean NOT NULL DEFAULT true,
    archived boolean NOT NULL DEFAULT false,
    position integer NOT NULL DEFAULT 0,
    CONSTRAINT variants_deposit_lawful CHECK (
        CASE deposit_kind
            WHEN 'none' THEN deposit_minor = 0
            WHEN 'one_way' THEN deposit_minor = 25 * pack_size AND volume_ml BETWEEN 100 AND 3000
            ELSE deposit_minor > 0
        END
    )
);
CREATE INDEX variants_product_id ON variants (product_id, position);

CREATE TABLE prices (
    id uuid PRIMARY KEY,
    variant_id uuid NOT NULL REFERENCES variants ON DELETE CASCADE,
    amount_minor integer NOT NULL CHECK (amount_minor > 0),
    valid_from timestamptz NOT NULL,
    set_by varchar(120) NOT NULL,
    CONSTRAINT prices_one_at_a_time UNIQUE (variant_id, valid_from)
);

CREATE FUNCTION refuse_price_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'prices are only ever added' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER prices_append_only BEFORE UPDATE ON prices
    FOR EACH ROW EXECUTE FUNCTION refuse_price_rewrite();

CREATE TABLE product_images (
    id uuid PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES products ON DELETE CASCADE,
    media_id uuid NOT NULL REFERENCES media ON DELETE RESTRICT,
    alt_de varchar(200) NOT NULL,
    alt_en varchar(200) NOT NULL,
    position integer NOT NULL DEFAULT 0,
    CONSTRAINT product_images_once UNIQUE (product_id, media_id)
);
CREATE INDEX product_images_product_id ON product_images (product_id, position);
CREATE INDEX product_images_media_id ON product_images (media_id);

CREATE TABLE reviews (
    id uuid PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES products ON DELETE CASCADE,
    customer_id varchar(120) NOT NULL,
    author varchar(60),
    rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
    title varchar(120) NOT NULL,
    body text NOT NULL DEFAULT '',
    state varchar(16) NOT NULL CHECK (state IN ('PENDING', 'PUBLISHED', 'REJECTED')),
    moderated_by varchar(120),
    moderated_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT reviews_one_each UNIQUE (product_id, customer_id)
);
CREATE INDEX reviews_published ON reviews (product_id, id) WHERE state = 'PUBLISHED';
CREATE INDEX reviews_state ON reviews (state, id);

CREATE SEQUENCE product_cards_seq AS bigint;
CREATE TABLE product_cards (
    product_id uuid PRIMARY KEY REFERENCES products ON DELETE CASCADE,
    seq bigint NOT NULL UNIQUE,
    card bytea,
    details bytea,
    document jsonb,
    CONSTRAINT product_cards_whole_or_withdrawn CHECK (num_nulls(card, details, document) IN (0, 3))
);
"""


def up(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Make the tables."""
    db.execute_sql(TABLES)


def down(_migrator: SchemaMigrator, db: PostgresqlDatabase) -> None:
    """Drop them."""
    db.execute_sql(
        "DROP TABLE product_cards, reviews, product_images, prices, variants, products, styles, producers,"
        " categories, media CASCADE;"
        "DROP SEQUENCE product_cards_seq;"
        "DROP FUNCTION refuse_price_rewrite()"
    )
