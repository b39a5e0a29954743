/** Backups of databases in folders, and restores from them. The format is told in {@code docs/storage.md}. */
package io.rookery.server.backup;
