-- The reporting database: the tables that orders-to-dwh fills, and a ledger that no effect escapes.
CREATE TABLE orders (
    order_id      text PRIMARY KEY,
    status        text,
    customer_id   text,
    customer_name text,
    line_count    integer,
    payment       numeric(18,4),
    seq           bigint
);

CREATE TABLE order_lines (
    order_id    text NOT NULL,
    line_id     bigint NOT NULL,
    sku         text,
    qty         integer,
    unit_price  numeric(18,4),
    PRIMARY KEY (order_id, line_id)
);

-- Append only: one row for every effect on orders. The same order and sequence number twice would be a change that was
-- delivered twice.
CREATE TABLE ledger (
    entry     bigserial PRIMARY KEY,
    order_id  text NOT NULL,
    effect    text NOT NULL,
    seq       bigint
);

CREATE FUNCTION enter_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO ledger (order_id, effect, seq) VALUES (OLD.order_id, TG_OP, NULL);
    ELSE
        INSERT INTO ledger (order_id, effect, seq) VALUES (NEW.order_id, TG_OP, NEW.seq);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger AFTER INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION enter_ledger();
