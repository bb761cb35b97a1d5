using WsCore.Server.Startup;

return await ServerProgram.RunAsync(args);
