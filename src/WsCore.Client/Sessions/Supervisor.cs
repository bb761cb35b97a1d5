using WsCore.Client.Connections;
using WsCore.Client.Diagnostics;

namespace WsCore.Client.Sessions;

/// <summary>Sees to it that the session has a connection: makes them, moves them when the server asks for it, and decides after each end whether and when to come back.</summary>
internal sealed class Supervisor(ISocketConnector connector, Session session, WsClientOptions options)
{
    private readonly Backoff _backoff = new(options);

    /// <summary>Runs until it is cancelled or the server closes with 1000.</summary>
    /// <exception cref="ConnectionClosedException">The server said not to come back.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Connection? connection = null;
        while (true)
        {
            connection ??= await ConnectUntilAsync(cancellation).ConfigureAwait(false);
            var next = await LiveAsync(connection, cancellation).ConfigureAwait(false);
            if (next is null)
            {
                cancellation.ThrowIfCancellationRequested();
                if (options.Time.GetElapsedTime(connection.WelcomedAt) >= options.StableAfter)
                {
                    _backoff.Reset();
                }

                if (!await AfterAsync(connection, cancellation).ConfigureAwait(false))
                {
                    return;
                }
            }
            else
            {
                _ = connection.CloseAsync(1000, WsClient.Patience);
            }
            connection = next;
        }
    }

    /// <summary>Waits until the connection ends, or the one that takes its place is there.</summary>
    private async Task<Connection?> LiveAsync(Connection connection, CancellationToken cancellation)
    {
        await Task.WhenAny(connection.Ended, connection.Moving).ConfigureAwait(false);
        if (connection.Ended.IsCompleted)
        {
            return null;
        }

        options.Logger.Moving(Left(connection));
        await Task.WhenAny(connection.Ended, Task.Delay(Left(connection), options.Time, cancellation)).ConfigureAwait(false);
        if (connection.Ended.IsCompleted || cancellation.IsCancellationRequested)
        {
            return await EndOfAsync(connection).ConfigureAwait(false);
        }

        try
        {
            return await ConnectAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HandshakeException or ConnectionClosedException or TimeoutException)
        {
            options.Logger.MoveFailed(error.Message);
            if (session.Connection != connection)
            {
                _ = connection.CloseAsync(1000, WsClient.Patience); // the new one had taken its place already
            }
            return await EndOfAsync(connection).ConfigureAwait(false); // the old one serves as long as it can
        }
    }

    private static async Task<Connection?> EndOfAsync(Connection connection)
    {
        await connection.Ended.ConfigureAwait(false);
        return null;
    }

    /// <summary>Waits as long as the end of a connection asks for. False: do not come back.</summary>
    private async Task<bool> AfterAsync(Connection connection, CancellationToken cancellation)
    {
        var closure = await connection.Ended.ConfigureAwait(false);
        switch (CloseRule.For(closure.Code))
        {
            case CloseVerdict.End:
                Tell(closure, retryIn: null);
                return false;
            case CloseVerdict.GiveUp:
                Tell(closure, retryIn: null);
                throw new ConnectionClosedException(closure.Code, $"The server closed the connection with {closure.Code}, after which coming back is of no use: {closure.Reason}", closure.Error);
            case CloseVerdict.Elsewhere:
                await PauseAsync(closure, connection.Moving.IsCompleted ? Left(connection) : _backoff.Elsewhere(), cancellation).ConfigureAwait(false);
                return true;
            default:
                await PauseAsync(closure, _backoff.Next(), cancellation).ConfigureAwait(false);
                return true;
        }
    }

    private TimeSpan Left(Connection connection)
    {
        var now = options.Time.GetTimestamp();
        var due = connection.Moving.Result; // completed
        return due > now ? options.Time.GetElapsedTime(now, due) : TimeSpan.Zero;
    }

    private async Task<Connection> ConnectUntilAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await ConnectAsync(cancellation).ConfigureAwait(false);
            }
            catch (HandshakeException error)
            {
                var closure = new Closure(Closure.None, error.Status is { } status ? $"The server answered the handshake with HTTP {(int)status}." : error.Message, error);
                if (CloseRule.For(error.Status, session.WasConnected) == CloseVerdict.GiveUp)
                {
                    throw GivenUp(closure);
                }

                await PauseAsync(closure, _backoff.Next(), cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException error)
            {
                await PauseAsync(new Closure(Closure.None, error.Message, error), _backoff.Next(), cancellation).ConfigureAwait(false);
            }
            catch (ConnectionClosedException error) // before its welcome
            {
                var closure = new Closure(error.CloseCode, error.Message, error);
                if (CloseRule.For(error.CloseCode) is CloseVerdict.GiveUp or CloseVerdict.End)
                {
                    throw GivenUp(closure);
                }

                var delay = CloseRule.For(error.CloseCode) == CloseVerdict.Elsewhere ? _backoff.Elsewhere() : _backoff.Next();
                await PauseAsync(closure, delay, cancellation).ConfigureAwait(false);
            }
        }
    }

    private ConnectionClosedException GivenUp(Closure closure)
    {
        Tell(closure, retryIn: null);
        return new ConnectionClosedException(closure.Code, $"There is no connection, and trying again is of no use: {closure.Reason}", closure.Error);
    }

    /// <summary>One try: from the handshake to the welcome.</summary>
    private async Task<Connection> ConnectAsync(CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        Connection? connection = null;
        try
        {
            var socket = await connector.ConnectAsync(either.Token).ConfigureAwait(false);
            connection = new Connection(socket, session, options.MaxPendingBytes, options.Time);
            connection.Start();
            await connection.Welcomed.WaitAsync(either.Token).ConfigureAwait(false);
            return connection;
        }
        catch (OperationCanceledException)
        {
            if (connection is { Welcomed.IsCompletedSuccessfully: true } && !cancellation.IsCancellationRequested)
            {
                return connection; // the welcome was there, and its news was slower than the timer's
            }

            connection?.Abort(Closure.None, "The server did not say welcome in time.");
            cancellation.ThrowIfCancellationRequested();
            throw new TimeoutException($"There was no welcome within {options.ConnectTimeout.TotalSeconds:0.#} s.");
        }
    }

    private async Task PauseAsync(Closure closure, TimeSpan delay, CancellationToken cancellation)
    {
        Tell(closure, delay);
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, options.Time, cancellation).ConfigureAwait(false);
        }
    }

    private void Tell(Closure closure, TimeSpan? retryIn)
    {
        ClientMetrics.Disconnected.Add(1, new KeyValuePair<string, object?>("code", closure.Code));
        if (retryIn is { } delay)
        {
            options.Logger.Disconnected(closure.Code, closure.Reason, delay);
        }
        else
        {
            options.Logger.Ended(closure.Code, closure.Reason);
        }

        session.Tell(new DisconnectedEvent(closure.Code, closure.Reason, retryIn));
    }
}
