/** An Authorization header with a JSON Web Token. API Gateway refuses any other before the authorizer runs. */
export const bearerForm = /^[Bb]earer [\w-]+\.[\w-]+\.[\w-]+$/;
