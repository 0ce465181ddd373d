/// Redis, for what may be lost: shared figures, copies, hints.
///
/// Read [Redis] first. What always holds: nothing waits for Redis for longer than [Redis#PATIENCE], and once it did not answer in that
/// time nobody asks again before it was found well in the background; so every user has a way that works without. Ground: knows no
/// feature and no key.
@NullMarked
package dev.promptlab.redis;

import org.jspecify.annotations.NullMarked;
