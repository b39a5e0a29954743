/** Whether transactions over lists happened as if one after the other, in an order that real time allows. */
package io.rookery.checkers.transactions;
