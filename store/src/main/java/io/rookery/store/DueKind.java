package io.rookery.store;

/** What can be due at a time; the letter is in the index's keys and never changes. */
enum DueKind {
    /** A document is to be deleted. */
    EXPIRE('E'),
    /** A document is to become a new version with the same body. */
    REFRESH('R'),
    /** A compare-exchange value is to be removed. */
    EXCHANGE('X'),
    /** Revisions of a deleted document, too many for its deletion to take along, are to go. */
    PURGE('P');

    private final char letter;

    DueKind(char letter) {
        this.letter = letter;
    }

    char letter() {
        return letter;
    }
}
