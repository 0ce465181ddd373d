/// Addresses and networks as people write them: [Literals], [Network]. Ground: knows no feature.
@NullMarked
package dev.promptlab.net;

import org.jspecify.annotations.NullMarked;
