/**
 * A form for any page. It works without its script as well, then the answer is shown as text. The address is ours and
 * needs no escaping: a key has letters, digits, `-` and `_` only.
 */
export function formSnippet(url: string): string {
  return `<form action="${url}" method="post" accept-charset="utf-8" class="dealscope-form">
  <p><label>Your name<br><input name="contacts[0][name]" autocomplete="name" maxlength="250" required></label></p>
  <p><label>E-mail<br><input name="contacts[0][email]" type="email" autocomplete="email" maxlength="250" required></label></p>
  <p><label>Phone<br><input name="contacts[0][phone]" type="tel" autocomplete="tel" maxlength="60"></label></p>
  <p><label>Company<br><input name="company[name]" autocomplete="organization" maxlength="250"></label></p>
  <p><label>What can we do for you?<br><textarea name="message" rows="5" maxlength="10000"></textarea></label></p>
  <p style="position:absolute;left:-9999px" aria-hidden="true"><label>Leave this empty<br><input name="homepage" tabindex="-1" autocomplete="off"></label></p>
  <p><button>Send</button></p>
  <p role="status"></p>
  <!-- Also taken, if you add inputs with these names: contacts[0][title] (a job title), contacts[0][role] (the key of a role),
       deal[name], deal[price], and contacts[1][name] and so on for more people. -->
</form>
<script>
  (function (form) {
    // Pages without https have no randomUUID.
    function fresh() {
      return crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random();
    }
    var key = fresh();
    var told = form.querySelector("[role=status]");
    var button = form.querySelector("button");
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      button.disabled = true;
      told.textContent = "";
      fetch(form.action, {
        method: "POST",
        headers: { "Idempotency-Key": key },
        body: new URLSearchParams(new FormData(form)),
      })
        .then(function (answer) {
          return answer.json().then(function (body) {
            if (!answer.ok) throw new Error(body.error.message);
            form.reset();
            key = fresh();
            told.textContent = "Thank you. We will be in touch.";
          });
        })
        .catch(function (error) {
          // A corrected form is another request than the one that was refused.
          if (!(error instanceof TypeError)) key = fresh();
          told.textContent = error instanceof TypeError ? "This could not be sent. Please try again." : error.message;
        })
        .finally(function () {
          button.disabled = false;
        });
    });
  })(document.currentScript.previousElementSibling);
</script>
`;
}
