/// Calls to addresses that users name. Read [OutgoingUrls] (which URLs and addresses are allowed), then [PinnedHttp] (the
/// call). Invariant: a connection is made to exactly the address that was checked, never to the answer of a second lookup.
/// Ground: knows no feature. URLs from the configuration are trusted and do not come here.
@NullMarked
package dev.promptlab.egress;

import org.jspecify.annotations.NullMarked;
