/// The HTTP edge: routes, error envelope, request ids, body rules, API documentation.
///
/// Read [WebServer] first, then [Route] and [Fields]. Features hand in [Route]s and throw [Failure]s; only this package
/// knows status codes. Ground: knows no feature.
@NullMarked
package dev.promptlab.web;

import org.jspecify.annotations.NullMarked;
