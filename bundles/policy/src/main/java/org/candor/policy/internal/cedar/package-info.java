/** Cedar policies: reading them, deciding by compiled code, and Cedar's own core to check that against. */
package org.candor.policy.internal.cedar;
