<?php
// A front controller: what it shows under a path that a guard is for.
$path = $_SERVER['PATH_INFO'] ?? rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
if (in_array($path, ['/admin/users', '/closed/users', '/api/metrics/all'])) {
    echo 'secret ', $_SERVER['HTTP_AUTHORIZATION'] ?? 'without a password';
} elseif ($path === '/health') {
    echo 'well';
} else {
    http_response_code(404);
}
