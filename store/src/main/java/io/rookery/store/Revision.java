package io.rookery.store;

import io.rookery.api.Document;

/**
 * A version of a document that is kept, the latest one too.
 *
 * @param deleted whether it says that the document was deleted; its body is an empty object then
 */
public record Revision(Document document, boolean deleted) {}
