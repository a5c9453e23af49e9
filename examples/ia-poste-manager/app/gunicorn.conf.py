"""How the application is served; gunicorn reads this file by itself."""

bind = "0.0.0.0:5000"
workers = 2
threads = 4
graceful_timeout = 20
# Longer than a proxy in front keeps an idle connection, so that a request never meets a closing one.
keepalive = 75
# A setting that is missing ends the process, instead of one worker after another.
preload_app = True
# It would be written beside the code, which is read-only.
control_socket_disable = True
