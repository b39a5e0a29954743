package io.rookery.etl.mirror;

import java.util.List;

/** Columns of a table by which its rows are looked up: they refer to another table's primary key. */
record Reference(String table, List<String> columns) {}
