package io.rookery.api;

/** Limits at the door; every way in applies the same ones. */
public final class Limits {
    public static final int DOCUMENT_BYTES = 16 << 20;
    public static final int JSON_DEPTH = 64;
    public static final int STRING_LENGTH = 8 << 20;
    public static final int NUMBER_LENGTH = 1_000;
    /** Most digits before or behind the point that an exponent may stand for: {@code 1e1001} is refused. */
    public static final int NUMBER_EXPONENT = 1_000;
    /** UTF-8 bytes of a document id. */
    public static final int ID_BYTES = 512;

    private Limits() {}
}
