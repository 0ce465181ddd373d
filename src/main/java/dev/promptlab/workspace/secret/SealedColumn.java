package dev.promptlab.workspace.secret;

import java.util.List;
import java.util.UUID;

import org.jdbi.v3.core.Handle;

/// A column that holds sealed values, as [Rotation] goes through it. Every column with sealed values has one.
public interface SealedColumn {
    /// A value as it stands.
    ///
    /// @param row tells its row from the others of the table
    /// @param purpose that it was sealed for
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Value(String row, UUID workspaceId, String purpose, byte[] sealed) {}

    /// `callback_secret.sealed`
    String name();

    /// Values that do not begin with `header`, in the order of their rows.
    ///
    /// @param after the row that the page before ended with; empty on the first
    List<Value> listOthers(Handle handle, byte[] header, String after, int limit);

    /// Puts `sealed` in the place of the value, unless somebody changed it since.
    boolean replace(Handle tx, Value value, byte[] sealed);
}
