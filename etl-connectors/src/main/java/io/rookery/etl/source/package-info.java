/** Follows legacy databases by log-based change data capture (Debezium Embedded) and gives their row changes. */
package io.rookery.etl.source;
