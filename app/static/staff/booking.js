// /staff/reservations/new: shows the options of the chosen service alone, and looks up on Return.

const service = document.getElementById("service");
const field = document.getElementById("q");

service.addEventListener("change", showOptions);
showOptions();
field?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  if (field.value.trim()) field.parentElement.querySelector("button").click();
});

function showOptions() {
  for (const set of document.querySelectorAll("[data-of]")) set.hidden = set.dataset.of !== service.value;
}
