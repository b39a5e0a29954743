/**
 * Legacy rows become nested documents and stay right.
 *
 * <p>Rows are kept as entries of the database, with an index over each reference that a task uses. A change of any row
 * finds the roots of the documents that show it, at any depth; each is built anew once a batch, and rows, index,
 * documents and the source's offset are one transaction.
 */
package io.rookery.etl.mirror;
