/// Settings: where they come from, what they may be, and what is said when they are wrong.
///
/// Read [Settings] first; [Setting] lists every key. Ground: knows no feature.
@NullMarked
package dev.promptlab.config;

import org.jspecify.annotations.NullMarked;
