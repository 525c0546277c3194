/** Models, clients and measurements of load tests. Needs nothing but the JDK; integration tests use it, too. */
package org.candor.benchmarks.load;
