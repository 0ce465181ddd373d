@NullMarked
package dev.promptlab.config;

import org.jspecify.annotations.NullMarked;
