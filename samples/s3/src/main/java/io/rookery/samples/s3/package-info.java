/** A server that speaks S3, for tests. */
package io.rookery.samples.s3;
