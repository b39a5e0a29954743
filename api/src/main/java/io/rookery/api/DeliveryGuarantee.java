package io.rookery.api;

/** What a sink promises through crashes and failovers. */
public enum DeliveryGuarantee {
    EXACTLY_ONCE,
    AT_LEAST_ONCE
}
