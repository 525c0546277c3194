package org.candor.jdk25bridge;

import java.security.PrivilegedAction;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import javax.security.auth.Subject;

/**
 * The subject a thread, and the threads it starts, run as. Bridged classes call it in place of the methods that JDK 24
 * disabled, hence the parameter types.
 */
public final class CurrentSubject {

    private static final InheritableThreadLocal<Subject> CURRENT = new InheritableThreadLocal<>();

    private CurrentSubject() {}

    /**
     * Stands in for {@code Subject.getSubject(AccessControlContext)}.
     *
     * @param ignored the access control context, which carries nothing any more
     * @return the current subject, or null where there is none
     */
    public static Subject get(Object ignored) {
        return CURRENT.get();
    }

    /** Stands in for {@code JaasHelper.doAs(Subject, PrivilegedAction)}. */
    public static <T> T doAs(Subject subject, PrivilegedAction<T> action) {
        Subject before = CURRENT.get();
        set(subject);
        try {
            return action.run();
        } finally {
            set(before);
        }
    }

    /**
     * Stands in for {@code JaasHelper.doAs(Subject, PrivilegedExceptionAction)}.
     *
     * @throws PrivilegedActionException around a checked exception of the action
     */
    public static <T> T doAs(Subject subject, PrivilegedExceptionAction<T> action) throws PrivilegedActionException {
        Subject before = CURRENT.get();
        set(subject);
        try {
            return action.run();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new PrivilegedActionException(e);
        } finally {
            set(before);
        }
    }

    private static void set(Subject subject) {
        if (subject == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(subject);
        }
    }
}
