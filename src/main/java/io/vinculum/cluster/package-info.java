/**
 * Joins nodes by Hazelcast. {@link Cluster} is how they find each other; it only carries messages, what is true is in
 * PostgreSQL.
 */
@NullMarked
package io.vinculum.cluster;

import org.jspecify.annotations.NullMarked;
