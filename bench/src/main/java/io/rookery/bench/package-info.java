/** Measures Rookery next to what it is built on, both in the same run. */
package io.rookery.bench;
