// Copies an address that stands on the page. Without this script the address is there all the same:
// a link whose words can be selected.
for (const button of document.querySelectorAll('[data-copy]')) {
  const told = button.parentElement.querySelector('[role=status]');
  const source = document.getElementById(button.dataset.copy);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.href);
      told.textContent = button.dataset.done;
    } catch {
      // No clipboard where the line is not secured, or not allowed: what is to be copied is selected at least.
      getSelection().selectAllChildren(source);
      told.textContent = button.dataset.failed;
    }
  });
}
