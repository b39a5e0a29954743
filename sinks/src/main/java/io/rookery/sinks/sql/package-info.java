/** Delivers documents as rows to PostgreSQL, exactly once: the checkpoint is in the rows' own transaction. */
package io.rookery.sinks.sql;
