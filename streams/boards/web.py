"""The boards' web server: on a free port where none is given, with a clear word where the port is taken."""

from aiohttp import web

from streams.errors import UsageError

SHUTDOWN_S = 2.0


async def serve(application: web.Application, host: str, port: int) -> web.AppRunner:
    """The server at work; its ``addresses`` tell the port.

    Raises:
        UsageError: the port is in use, or the host is none of this machine's.
    """
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    site = web.TCPSite(runner, host, port, reuse_address=True, reuse_port=False)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        reason = error.strerror or error
        raise UsageError(
            f"cannot serve the boards on {host}:{port}: {reason}; --web-port chooses another port, 0 a free one"
        ) from error
    return runner
