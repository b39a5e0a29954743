/** What users wrote: tasks and connections, parsed strictly from YAML, every complaint with its place. */
package io.rookery.etl.task;
