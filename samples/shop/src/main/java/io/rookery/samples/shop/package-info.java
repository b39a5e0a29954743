/** The sample: a legacy web shop, a generator and a live writer for it, and the comparison of everything that it became. */
package io.rookery.samples.shop;
