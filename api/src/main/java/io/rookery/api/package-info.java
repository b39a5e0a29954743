/**
 * The words that every module shares: documents, changes, transactions, and the SPI of sources, transforms and sinks.
 *
 * <p>Nothing here does I/O. The one third party is Jackson's streaming core, behind {@link io.rookery.api.Json}.
 */
package io.rookery.api;
