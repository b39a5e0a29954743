/**
 * The steps of a task, one class each, and the JavaScript engine behind expressions and scripts. Pure functions: no
 * I/O, no clock, nothing random, so that a redelivered change gives an equal result.
 */
package io.rookery.transforms;
