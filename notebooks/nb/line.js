(() => {
	const line = document.getElementById("{{.ID}}");
	const value = globalThis.gonb_comm.newSyncedVariable("{{.Address}}", line.value);
	line.addEventListener("input", () => value.set(line.value));
	line.addEventListener("keydown", (event) => {
		if (event.key === "Enter") document.getElementById("{{.Button}}").click();
	});
})();
