-- A legacy web shop with the quirks that real ones have.
CREATE TYPE order_status AS ENUM ('NEW', 'PAID', 'SHIPPED', 'CANCELLED');

CREATE TABLE customers (
    id          bigint PRIMARY KEY,
    name        text NOT NULL,
    email       text,
    segment     varchar(20),
    avatar      bytea,
    created_at  timestamptz NOT NULL
);

CREATE TABLE products (
    sku         varchar(40) PRIMARY KEY,
    title       text NOT NULL,
    attributes  jsonb,
    list_price  numeric(18,4) NOT NULL
);

-- No foreign key to customers: they were migrated later, and some are still missing.
CREATE TABLE orders (
    id            bigint PRIMARY KEY,
    tenant        char(2) NOT NULL,
    customer_id   bigint,
    status_cd     order_status NOT NULL,
    placed_at     timestamptz NOT NULL,
    internal_note text,
    terms         text,            -- long: it is stored out of line (TOAST)
    payload       jsonb
);
ALTER TABLE orders ALTER COLUMN terms SET STORAGE EXTERNAL;

-- Lines move between orders when a shipment is split or joined; the foreign key is checked at commit.
CREATE TABLE order_lines (
    id          bigint PRIMARY KEY,
    order_id    bigint REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    line_no     integer NOT NULL,
    sku         varchar(40) NOT NULL,
    qty         integer NOT NULL,
    unit_price  numeric(18,4) NOT NULL
);

CREATE TABLE line_discounts (
    line_id     bigint NOT NULL,
    code        varchar(20) NOT NULL,
    percent     numeric(5,2) NOT NULL,
    PRIMARY KEY (line_id, code)
);

CREATE TABLE payments (
    id          uuid PRIMARY KEY,
    order_id    bigint,            -- a prepayment has no order yet
    amount      numeric(18,4) NOT NULL,
    paid_on     date
);

-- Somebody's log table, without a primary key.
CREATE TABLE order_notes (
    order_id    bigint NOT NULL,
    noted_at    timestamptz NOT NULL,
    note        text
);
ALTER TABLE order_notes REPLICA IDENTITY FULL;
